import { newId } from './id.ts'
import { drop, load, readCookie, save, writeCookie } from './storage.ts'

/** The keys are short because this is in the storage of every visitor. */
interface Visit {
  /** When the last event was. */
  t: number
  /** Which session of the visitor's it is, from 1; and its id. */
  n: number
  i: string
  /** Landing page, referrer, campaign. */
  l: string
  r: string
  c?: Texts
  /** The advertisers' ids, and Klaviyo's own of the link that the visitor followed. */
  d?: Texts
  /** `Active on Site` was told: 1 of a guest, 2 of a known visitor. */
  a: number
}

type Texts = Record<string, string>

/** Where a call was made: read at once, because the event may be written later. */
export interface Place {
  readonly url: string
  readonly title: string
  readonly referrer: string
}

export const placeNow = (): Place => ({
  url: location.href,
  title: document.title,
  referrer: document.referrer,
})

/** Survives until `forget`, in a cookie and in the storage. */
export function anonymousId(): string {
  const id = readCookie(cookie) ?? load<string>('tp.id') ?? newId()
  save('tp.id', id)
  if (readCookie(cookie) !== id) writeCookie(cookie, id, 34_560_000)
  return id
}

/** A known visitor's id; '' when he is known by an address alone; undefined: a guest. */
export const userId = (): string | undefined => load('tp.user')

/** Another customer in the same browser is another visitor. */
export function know(id: string | undefined): void {
  const before = userId()
  if (id && before && before !== id) forget()
  save('tp.user', id ?? before ?? '')
}

export function forget(): void {
  drop('tp.id')
  drop('tp.user')
  writeCookie(cookie, '', 0)
}

/** What every event tells of the visit; begins a session where the last one is over. */
export function visitOf(place: Place, at: number, marketing: boolean): object {
  const { url, referrer } = place
  const query = new URL(url).searchParams
  let visit = load<Visit>(key)
  if (!visit || at - visit.t > idleMs) {
    visit = {
      t: at,
      n: (visit?.n ?? 0) + 1,
      i: newId(),
      l: url,
      r: referrer.includes(`//${location.host}/`) ? '' : referrer,
      a: 0,
    }
  }
  visit.t = at
  if (query.has('utm_source')) {
    const campaign: Texts = (visit.c = {})
    query.forEach((value, key) => {
      const [, name] = key.split('utm_')
      if (name && value) campaign[name === 'campaign' ? 'name' : name] = value
    })
  }
  if (marketing) {
    visit.d ??= {}
    for (const name of ['gclid', '_kx', '_fbp', '_fbc']) {
      const value = query.get(name) ?? readCookie(name)
      if (value) visit.d[name] = value
    }
  }
  save(key, visit)
  return {
    page: place,
    locale: navigator.language,
    session: {
      id: visit.i,
      session_count: visit.n,
      is_new_visitor: visit.n < 2,
      landing_page: visit.l,
      referrer: visit.r,
    },
    campaign: visit.c,
    ...(marketing && visit.d),
  }
}

/** Whether this page view is the one of its session that counts as `Active on Site`. */
export function isFirstView(): boolean {
  // `visitOf` has just kept it.
  const visit = load<Visit>(key)!
  const level = userId() === undefined ? 1 : 2
  if (visit.a >= level) return false
  visit.a = level
  save(key, visit)
  return true
}

const key = 'tp.visit'
const cookie = 'tp_id'
/** A session ends after half an hour without an event. */
const idleMs = 1_800_000
