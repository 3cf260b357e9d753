/**
 * Every way an event can end, or wait: its number (the ledger's byte; never reused), its code, its
 * outcome, a sentence that a shop's marketer understands, and what to do.
 */

/** The words of house-style 2. `waiting`, `sending`, `retrying` and `held` are not final. */
export type Outcome =
  | 'waiting'
  | 'sending'
  | 'retrying'
  | 'held'
  | 'accepted'
  | 'confirmed'
  | 'dropped'
  | 'retry'
  | 'dead'

export interface Reason {
  readonly number: number
  readonly outcome: Outcome
  readonly sentence: string
  readonly todo: string
}

export const reasons = {
  // 0 is never written: a byte that is 0 means a bug. Gaps are kept for what the product does not do yet.
  accepted: {
    number: 1,
    outcome: 'accepted',
    sentence: 'Klaviyo accepted it.',
    todo: 'Nothing. Klaviyo shows it within a minute or two.',
  },
  confirmed: {
    number: 2,
    outcome: 'confirmed',
    sentence: 'It was read back from Klaviyo.',
    todo: 'Nothing.',
  },
  accepted_with_note: {
    number: 3,
    outcome: 'accepted',
    sentence: 'Klaviyo accepted it after something was left out or put right on the way.',
    todo: 'Open the event to see what was changed.',
  },
  nothing_to_send: {
    number: 10,
    outcome: 'dropped',
    sentence: 'This event holds nothing that Klaviyo keeps.',
    todo: 'Nothing, unless you expected a metric: then check its mapping.',
  },
  no_identifier: {
    number: 11,
    outcome: 'dropped',
    sentence:
      'The shopper has no email address or other identifier, so Klaviyo has nobody to attach it to.',
    todo: 'Identify shoppers at login, signup or in a form, or choose otherwise under “Whom events are sent of” in the connection’s settings.',
  },
  anonymous_waiting: {
    number: 12,
    outcome: 'waiting',
    sentence:
      'The shopper is still unknown. It is kept for 30 days and sent when the shopper logs in or fills in a form.',
    todo: 'Nothing: it is sent by itself once the shopper is known.',
  },
  anonymous_expired: {
    number: 13,
    outcome: 'dropped',
    sentence: 'The shopper stayed unknown for 30 days.',
    todo: 'Identify shoppers earlier, for example with a newsletter form.',
  },
  event_disabled: {
    number: 14,
    outcome: 'dropped',
    sentence: 'This kind of event is switched off for the connection.',
    todo: 'Switch it on under “What we send”. What arrived meanwhile can be sent again.',
  },
  rule_dropped: {
    number: 15,
    outcome: 'dropped',
    sentence: 'A rule of the connection removed it.',
    todo: 'Open the rule and change it if this event should be sent.',
  },
  no_rule: {
    number: 16,
    outcome: 'dropped',
    sentence: 'No rule of the connection lets this event through.',
    todo: 'Add a rule for it if it should be sent.',
  },
  connection_off: {
    number: 17,
    outcome: 'dropped',
    sentence: 'The connection was switched off when its turn came.',
    todo: 'Switch the connection on, then send again what was missed.',
  },
  disconnected: {
    number: 18,
    outcome: 'dropped',
    sentence: 'The connection was disconnected before it was sent.',
    todo: 'Connect again: what comes from then on is sent.',
  },
  before_go_live: {
    number: 19,
    outcome: 'dropped',
    sentence: 'It arrived before the connection was made.',
    todo: 'Nothing: events are sent from the moment a connection is made.',
  },
  workspace_off: {
    number: 26,
    outcome: 'dropped',
    sentence: 'Klaviyo is switched off for the whole workspace.',
    todo: 'Switch “Send to Klaviyo” on in the workspace’s settings. What happened meanwhile can be sent again.',
  },
  scope_not_asked: {
    number: 24,
    outcome: 'dropped',
    sentence: 'The connection was never given the permission that this needs.',
    todo: 'Connect again with that permission.',
  },
  kept_for_next_event: {
    number: 25,
    outcome: 'dropped',
    sentence: 'Its details are kept here and travel with the shopper’s next event.',
    todo: 'Nothing. Give the connection the permission profiles:write to send it at once.',
  },
  event_not_listed: {
    number: 27,
    outcome: 'dropped',
    sentence: 'The call itself says that it is not for Klaviyo.',
    todo: 'Change the `integrations` switch of the call.',
  },
  browser_unsigned: {
    number: 20,
    outcome: 'dropped',
    sentence: 'A browser said what only the shop’s server may say: an order, or a subscription.',
    todo: 'Send it from the shop’s server, or with a token that the server has signed.',
  },
  consent_denied: {
    number: 21,
    outcome: 'dropped',
    sentence: 'The shopper did not allow tracking.',
    todo: 'Nothing: that is the shopper’s decision.',
  },
  consent_missing: {
    number: 37,
    outcome: 'dropped',
    sentence:
      'It does not say whether the shopper allowed tracking, and the connection asks for that.',
    todo: 'Let the page say `context.consent`, as the browser SDK does, or change in the settings which events need a consent (`consentSignal`).',
  },
  staff_traffic: {
    number: 28,
    outcome: 'dropped',
    sentence: 'Staff did it, or an admin signed in as a customer.',
    todo: 'Nothing. To send such events, switch “What staff do” under “What we send” (`adminTracking`).',
  },
  bot_traffic: {
    number: 29,
    outcome: 'dropped',
    sentence: 'A bot did it, not a person: a search engine’s crawler, a monitor or a test browser.',
    todo: 'Nothing. To send such events, switch “What bots do” under “What we send” (`botTracking`).',
  },
  active_elsewhere: {
    number: 22,
    outcome: 'dropped',
    sentence:
      'Active on Site is told once a session, and not at all where Klaviyo’s own script tells it.',
    todo: 'Nothing.',
  },
  browser_report: {
    number: 23,
    outcome: 'dropped',
    sentence: 'It reports whether Klaviyo’s own script in the browser took a login.',
    todo: 'Nothing, if its result is "ok". "blocked" means that the shopper’s browser does not load Klaviyo’s script.',
  },
  invalid_email: {
    number: 30,
    outcome: 'dropped',
    sentence: 'The email address is not valid, and nothing else says who the shopper is.',
    todo: 'Correct the address where the shopper enters it.',
  },
  invalid_phone: {
    number: 31,
    outcome: 'dropped',
    sentence: 'The phone number is not valid, and nothing else says who the shopper is.',
    todo: 'Send phone numbers with their country code (+49…), or set the store’s country.',
  },
  invalid_payload: {
    number: 32,
    outcome: 'dropped',
    sentence: 'The event could not be read.',
    todo: 'Look at the field that is named and correct it where the event is made.',
  },
  payload_too_large: {
    number: 33,
    outcome: 'dead',
    sentence: 'The event is larger than Klaviyo accepts (5 MB).',
    todo: 'Send fewer or shorter properties.',
  },
  time_out_of_range: {
    number: 35,
    outcome: 'dropped',
    sentence: 'The event’s date is before 1990 or more than a year ahead.',
    todo: 'Correct the clock or the timestamp where the event is made.',
  },
  metric_name_invalid: {
    number: 36,
    outcome: 'dropped',
    sentence: 'The event’s name is empty or longer than Klaviyo accepts (127 characters).',
    todo: 'Use a shorter name, or map it to one.',
  },
  paused: {
    number: 40,
    outcome: 'held',
    sentence: 'The connection is paused.',
    todo: 'Resume it: everything that waits is sent then.',
  },
  key_invalid: {
    number: 41,
    outcome: 'held',
    sentence: 'Klaviyo refused the key: it was deleted or changed.',
    todo: 'Connect the account again. Everything that waits is sent then.',
  },
  scope_missing: {
    number: 42,
    outcome: 'held',
    sentence: 'The key lacks a permission that this needs.',
    todo: 'Give the key that permission in Klaviyo, or connect again.',
  },
  app_uninstalled: {
    number: 43,
    outcome: 'held',
    sentence: 'The app was removed in Klaviyo.',
    todo: 'Connect again, or disconnect here.',
  },
  rate_limited: {
    number: 44,
    outcome: 'retrying',
    sentence: 'Klaviyo asked us to wait. Nothing is lost.',
    todo: 'Nothing: it goes on by itself.',
  },
  klaviyo_unavailable: {
    number: 45,
    outcome: 'retrying',
    sentence: 'Klaviyo is having trouble. We keep trying.',
    todo: 'Nothing: it goes on by itself.',
  },
  klaviyo_unreachable: {
    number: 46,
    outcome: 'retrying',
    sentence: 'Klaviyo cannot be reached from here. We keep trying.',
    todo: 'Check the network and the name server of this host if it lasts.',
  },
  release_cycle: {
    number: 47,
    outcome: 'waiting',
    sentence: 'The connection sends on a schedule: what has arrived goes out at the next cycle.',
    todo: 'Nothing. To send at once, set `release` to `live` by the API.',
  },
  own_cap: {
    number: 48,
    outcome: 'waiting',
    sentence: 'The connection’s own cap on requests a second holds it back.',
    todo: 'Nothing: it goes on by itself. To send faster, raise the connection’s requests a second (`requestsPerSecond`).',
  },
  klaviyo_rejected: {
    number: 50,
    outcome: 'dead',
    sentence: 'Klaviyo rejected it.',
    todo: 'Open the event to read what Klaviyo said, put the cause right, then send it again.',
  },
  retries_exhausted: {
    number: 52,
    outcome: 'dead',
    sentence: 'It failed as often, or waited as long, as the settings allow.',
    todo: 'Open the event to see why, then send it again.',
  },
  rejected_after_retry: {
    number: 53,
    outcome: 'dead',
    sentence: 'Klaviyo rejected it again in the retry cycle.',
    todo: 'Open the event to read what Klaviyo said, put the cause right, then send it again.',
  },
  retry_cycle: {
    number: 54,
    outcome: 'retry',
    sentence: 'It failed and waits for the next retry cycle.',
    todo: 'Nothing, or send it again now.',
  },
  single_failure: {
    number: 55,
    outcome: 'dead',
    sentence: 'It kept failing while other events of the account went through.',
    todo: 'Open the event to see what Klaviyo answered, then send it again.',
  },
  discarded: {
    number: 56,
    outcome: 'dropped',
    sentence: 'It had failed, and a person let go of it.',
    todo: 'Nothing. It can be sent again for as long as its body is kept.',
  },
  failed_expired: {
    number: 57,
    outcome: 'dropped',
    sentence: 'It had failed, and was kept for as long as the settings say.',
    todo: 'Nothing. To keep failed events for longer, set `keepFailedMs` by the API; null keeps them for good.',
  },
  not_seen: {
    number: 58,
    outcome: 'dead',
    sentence: 'Klaviyo accepted it, and half an hour later it is not to be seen there.',
    todo: 'Look for it in Klaviyo by the shopper’s email address. Send it again: it counts once either way.',
  },
  // Refused at the door: kept in `refused`, never in the journal.
  refused_unreadable: {
    number: 60,
    outcome: 'dropped',
    sentence: 'It is not an event: it cannot be read as one.',
    todo: 'Send a JSON object with a `type`.',
  },
  refused_no_name: {
    number: 61,
    outcome: 'dropped',
    sentence: 'A track call needs the name of the event.',
    todo: 'Send `event`, for example "Product Viewed".',
  },
  refused_no_id: {
    number: 62,
    outcome: 'dropped',
    sentence: 'It names no person at all: no userId, anonymousId, email or phone.',
    todo: 'Send `userId` or `anonymousId`.',
  },
  refused_too_deep: {
    number: 63,
    outcome: 'dropped',
    sentence: 'It is nested more than 32 levels deep.',
    todo: 'Flatten its properties.',
  },
  refused_too_large: {
    number: 64,
    outcome: 'dropped',
    sentence: 'It is larger than 1 MB.',
    todo: 'Send fewer or shorter properties.',
  },
  refused_prototype_key: {
    number: 65,
    outcome: 'dropped',
    sentence: 'It holds a key that is not allowed (`__proto__`, `constructor` or `prototype`).',
    todo: 'Rename the key.',
  },
  /** The event's own row in `exception` says what is with it. */
  exception: {
    number: 200,
    outcome: 'retrying',
    sentence: 'It left the normal way and is handled by itself.',
    todo: 'Open the event.',
  },
  // Notes: why something was changed on the way. Never an event's own reason.
  phone_left_out: {
    number: 210,
    outcome: 'accepted',
    sentence: 'The phone number was left out because it is not valid.',
    todo: 'Send phone numbers with their country code (+49…), or set the store’s country.',
  },
  email_left_out: {
    number: 211,
    outcome: 'accepted',
    sentence: 'The email address was left out because it is not valid.',
    todo: 'Correct the address where the shopper enters it.',
  },
  profile_conflict: {
    number: 212,
    outcome: 'accepted',
    sentence: 'Two profiles share these identifiers; the one that Klaviyo named was used.',
    todo: 'Merge the two profiles in Klaviyo.',
  },
  items_cut: {
    number: 213,
    outcome: 'accepted',
    sentence:
      'The list of items was cut to the 4,000 that Klaviyo takes; each line is still sent by itself.',
    todo: 'Nothing.',
  },
  properties_cut: {
    number: 214,
    outcome: 'accepted',
    sentence: 'Klaviyo takes 400 properties an event; the rest was left out.',
    todo: 'Choose which properties are sent.',
  },
  text_cut: {
    number: 215,
    outcome: 'accepted',
    sentence: 'A text longer than Klaviyo takes (100 KB) was cut.',
    todo: 'Send shorter texts.',
  },
  deprecated_items: {
    number: 216,
    outcome: 'accepted',
    sentence: '`items` was read as `products`. It is an old name.',
    todo: 'Send `products` instead.',
  },
  value_left_out: {
    number: 217,
    outcome: 'accepted',
    sentence: 'The amount was left out because it is not a number.',
    todo: 'Send amounts as numbers in major units.',
  },
  currency_left_out: {
    number: 218,
    outcome: 'accepted',
    sentence: 'The currency was left out because it is not a three-letter code.',
    todo: 'Send currencies as EUR, USD, …',
  },
  currency_not_store: {
    number: 224,
    outcome: 'accepted',
    sentence:
      'The amount went in the shopper’s currency: the event does not say what it is in the store’s.',
    todo: 'Send `shop_money` or `exchange_rate` along with it.',
  },
  amount_is_text: {
    number: 225,
    outcome: 'accepted',
    sentence:
      'A price or quantity is not a number; it went as it is, and Klaviyo cannot compare it or add it up.',
    todo: 'Send prices and quantities as numbers.',
  },
  no_list: {
    number: 226,
    outcome: 'accepted',
    sentence:
      'What should be a list, as `products`, is none; it went as it is, and no items were made of it.',
    todo: 'Send a list of products, each with its `product_id`, `name`, `price` and `quantity`.',
  },
  depth_cut: {
    number: 219,
    outcome: 'accepted',
    sentence: 'Properties nested deeper than Klaviyo takes (10) were sent as text.',
    todo: 'Flatten them if they should be used in segments.',
  },
  lines_cut: {
    number: 221,
    outcome: 'accepted',
    sentence: 'The order lists more than 25,000 lines; those beyond were not sent by themselves.',
    todo: 'Send what is no order under another name.',
  },
  subscription_left_out: {
    number: 220,
    outcome: 'accepted',
    sentence:
      'A subscription was left out: there is no address for its channel, or the connection was never given the permission.',
    todo: 'Send the email address or phone number that the consent is for.',
  },
  unsigned_left_out: {
    number: 223,
    outcome: 'accepted',
    sentence:
      'What a browser said of the shopper beside one address (name, customer id, a subscription) was left out.',
    todo: 'Let the shop’s server sign who the shopper is, or send it from there.',
  },
  time_left_out: {
    number: 222,
    outcome: 'accepted',
    sentence: 'Its date could not be read, so it counts from when it was received.',
    todo: 'Send dates as 2026-11-21T10:00:00Z.',
  },
} as const satisfies Readonly<Record<string, Reason>>

export type ReasonCode = keyof typeof reasons

const byNumber = new Map<number, ReasonCode>(
  (Object.keys(reasons) as ReasonCode[]).map((code) => [reasons[code].number, code]),
)

/** The code that a ledger byte stands for. Throws on a number that no reason has: the ledger is damaged. */
export function reasonOf(number: number): ReasonCode {
  const code = byNumber.get(number)
  if (code === undefined)
    throw new Error(`No reason has the number ${number}: the ledger is damaged.`)
  return code
}
