import { writeTime } from './clock.ts'
import { type ChannelConsent, noConsent } from './consent-state.ts'
import type { JsonObject } from './json.ts'
import type { Profile } from './profile-store.ts'

const never: ChannelConsent = {
  status: 'NEVER_SUBSCRIBED',
  consentedAt: null,
  updatedAt: 0,
  method: null,
  methodDetail: null,
  customSource: null,
  doubleOptIn: null,
}

const timeOf = (ms: number | null): string | null =>
  ms === null || ms === 0 ? null : writeTime(ms)

/** The `subscriptions` that a profile shows when asked for them. */
export function subscriptionsOf(profile: Profile): { readonly [channel: string]: unknown } {
  const { channels: agreed, suppressions, listSuppressions } = profile.consent ?? noConsent()
  const standing = (name: string): ChannelConsent => agreed[name] ?? never
  const email = standing('email/marketing')
  const open = standing('email/open_tracking')
  const sms = standing('sms/marketing')
  const transactional = standing('sms/transactional')
  const push = standing('push/marketing')
  const whatsapp = agreed['whatsapp/marketing']
  return {
    email: {
      marketing: {
        // True for someone who was never subscribed: this is not consent.
        can_receive_email_marketing:
          profile.email !== null && email.status !== 'UNSUBSCRIBED' && suppressions.length === 0,
        consent: email.status,
        consent_timestamp: timeOf(email.consentedAt),
        last_updated: timeOf(email.updatedAt),
        method: email.method,
        method_detail: email.methodDetail,
        custom_method_detail: email.customSource,
        double_optin: email.doubleOptIn,
        suppression: suppressions.map(({ reason, timestamp }) => ({
          reason,
          timestamp: writeTime(timestamp),
        })),
        list_suppressions: listSuppressions.map(({ listId, reason, timestamp }) => ({
          list_id: listId,
          reason,
          timestamp: writeTime(timestamp),
        })),
      },
      open_tracking: tracking(open),
      click_tracking: tracking(never),
    },
    sms: {
      marketing: {
        can_receive_sms_marketing: sms.status === 'SUBSCRIBED',
        ...details(sms),
      },
      transactional: {
        can_receive_sms_transactional: transactional.status === 'SUBSCRIBED',
        ...details(transactional),
      },
    },
    mobile_push: {
      marketing: {
        can_receive_push_marketing: push.status === 'SUBSCRIBED',
        consent: push.status,
        consent_timestamp: timeOf(push.consentedAt),
      },
    },
    whatsapp:
      whatsapp === undefined
        ? null
        : {
            marketing: {
              can_receive: whatsapp.status === 'SUBSCRIBED',
              consent: whatsapp.status,
              consent_timestamp: timeOf(whatsapp.consentedAt),
              created_timestamp: timeOf(whatsapp.consentedAt),
              last_updated: timeOf(whatsapp.updatedAt),
              phone_number: profile.phone_number,
              metadata: null,
              valid_until: null,
            },
          },
  }
}

function details(consent: ChannelConsent): JsonObject {
  return {
    consent: consent.status,
    consent_timestamp: timeOf(consent.consentedAt),
    method: consent.method,
    method_detail: consent.methodDetail,
    last_updated: timeOf(consent.updatedAt),
  }
}

function tracking(consent: ChannelConsent): JsonObject {
  return {
    can_receive: consent.status !== 'UNSUBSCRIBED',
    consent: consent.status,
    consent_timestamp: timeOf(consent.consentedAt),
    last_updated: timeOf(consent.updatedAt),
    created_timestamp: timeOf(consent.consentedAt),
    metadata: null,
    valid_until: null,
  }
}
