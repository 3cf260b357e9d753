import { createReadStream, existsSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Account, ImportJob, Integration, List, Metric } from './account.ts'
import type { PendingOptIn } from './consent-state.ts'
import type { App, Install } from './oauth.ts'
import type { Profile } from './profile-store.ts'
import type { Entry } from './entry.ts'
import type { World } from './world.ts'

/** The first line of a state file. Then, for each account, one line for it and one per event. */
interface Head {
  readonly format: 'klaviyo-simulator'
  readonly version: 1
  readonly accounts: number
  readonly apps: readonly App[]
  readonly installs: readonly Install[]
}

interface SavedAccount {
  readonly options: {
    readonly id: string
    readonly name: string
    readonly privateKey: string
    readonly timezone: string
    readonly currency: string
    readonly advancedKdp: boolean
    readonly defaultOptIn: Account['defaultOptIn']
    readonly smsCallingCodes: readonly string[]
  }
  readonly keys: readonly (readonly [string, readonly string[] | null])[]
  readonly integrations: { readonly api: Integration; readonly klaviyo: Integration }
  readonly metrics: readonly Metric[]
  readonly lists: readonly List[]
  readonly imports: readonly ImportJob[]
  readonly pendingOptIns: readonly PendingOptIn[]
  readonly tables: { readonly [type: string]: readonly Entry[] }
  readonly profiles: readonly (Profile | null)[]
  readonly merged: { readonly [id: string]: string }
  readonly events: number
}

type SavedEvent = readonly [
  profile: number,
  metric: number,
  timeMs: number,
  receivedMs: number,
  value: number | null,
  backfill: 0 | 1,
  uniqueId: string,
  currency: string | null,
  properties: object,
]

const flushBytes = 1024 * 1024

/**
 * Writes all that the simulator holds, beside the old file, and puts it in its place: a file is
 * always whole. What waits to become visible is not in it: `StateKeeper` brings it in at the end.
 */
export async function saveState(world: World, file: string): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w')
  try {
    let text = ''
    const write = async (line: string): Promise<void> => {
      text += `${line}\n`
      if (text.length > flushBytes) {
        const chunk = text
        text = ''
        await handle.write(chunk)
      }
    }
    const head: Head = {
      format: 'klaviyo-simulator',
      version: 1,
      accounts: world.accounts.size,
      ...world.oauth.dump(),
    }
    // Everything but events is taken in one go, so that the parts fit one another.
    const accounts = [...world.accounts.values()].map(
      (account) => [account, account.events.count, JSON.stringify(accountState(account))] as const,
    )
    await write(JSON.stringify(head))
    for (const [account, count, line] of accounts) {
      await write(line)
      for (let place = 0; place < count; place += 1) await write(eventLine(account, place))
    }
    await handle.write(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

function accountState(account: Account): SavedAccount {
  const { profiles, merged } = account.profiles.dump()
  return {
    options: {
      id: account.id,
      name: account.name,
      privateKey: account.privateKey,
      timezone: account.timezone,
      currency: account.currency,
      advancedKdp: account.advancedKdp,
      defaultOptIn: account.defaultOptIn,
      smsCallingCodes: [...account.smsCallingCodes],
    },
    keys: [...account.keys].map(([key, scopes]) => [
      key,
      scopes === undefined ? null : [...scopes],
    ]),
    integrations: { api: account.apiIntegration, klaviyo: account.klaviyoIntegration },
    metrics: account.metrics,
    lists: [...account.lists.values()],
    imports: [...account.imports.values()],
    pendingOptIns: account.pendingOptIns,
    tables: Object.fromEntries(
      [...account.tables].map(([type, table]) => [type, [...table.values()]]),
    ),
    profiles,
    merged: merged as { readonly [id: string]: string },
    events: account.events.count,
  }
}

// An event keeps its place, and with it its id; a deleted one leaves its place empty.
function eventLine(account: Account, place: number): string {
  const event = account.events.get(place)
  if (event === undefined) return 'null'
  const fields = JSON.stringify([
    event.profile,
    event.metric,
    event.timeMs,
    event.receivedMs,
    event.value,
    event.backfill ? 1 : 0,
    event.uniqueId,
    event.currency,
  ])
  return `${fields.slice(0, -1)},${event.properties}]`
}

/** Reads a state file into a world; false when there is none. */
export async function loadState(world: World, file: string): Promise<boolean> {
  if (!existsSync(file)) return false
  const stream = createReadStream(file)
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  try {
    let head: Head | undefined
    let account: Account | undefined
    let left = 0
    for await (const line of lines) {
      if (line === '') continue
      if (head === undefined) {
        head = JSON.parse(line) as Head
        if (head.format !== 'klaviyo-simulator' || head.version !== 1)
          throw new Error('wrong format')
        world.oauth.load(head.apps, head.installs)
      } else if (left === 0) {
        const given = JSON.parse(line) as SavedAccount
        account = restore(world, given)
        left = given.events
      } else {
        if (account !== undefined) restoreEvent(account, JSON.parse(line) as SavedEvent | null)
        left -= 1
      }
    }
    if (head === undefined || left > 0 || world.accounts.size < head.accounts) {
      throw new Error('it ends too early')
    }
    return true
  } catch (error) {
    throw new Error(
      `The simulator's state in ${file} cannot be read. Move the file away to begin with an empty Klaviyo.`,
      { cause: error },
    )
  } finally {
    stream.destroy()
  }
}

function restore(world: World, given: SavedAccount): Account {
  const account = world.addAccount({ ...given.options, integrations: given.integrations })
  account.keys.clear()
  for (const [key, scopes] of given.keys) world.addKey(account, key, scopes ?? undefined)
  for (const metric of given.metrics) account.addMetric(metric)
  for (const list of given.lists) account.lists.set(list.id, list)
  for (const job of given.imports) account.imports.set(job.id, job)
  account.pendingOptIns = [...given.pendingOptIns]
  for (const [type, entries] of Object.entries(given.tables)) {
    const table = account.table(type)
    for (const entry of entries) table.set(entry.id, entry)
  }
  account.profiles.load(given.profiles, given.merged)
  return account
}

function restoreEvent(account: Account, saved: SavedEvent | null): void {
  if (saved === null) {
    account.events.skip()
    return
  }
  const [profile, metric, timeMs, receivedMs, value, backfill, uniqueId, currency, properties] =
    saved
  account.events.add({
    profile,
    metric,
    timeMs,
    receivedMs,
    value,
    backfill: backfill === 1,
    uniqueId,
    currency,
    properties: JSON.stringify(properties),
  })
}
