import { describe, expect, test } from 'vitest'
import type { Action, Destination, EventAction, ProfileInput, Way } from '../core/index.ts'
import { compose } from './compose.ts'

const limits = Object.fromEntries(
  (['event', 'events', 'profile', 'profiles', 'subscribe', 'unsubscribe'] as const).map((way) => [
    way,
    { maxActions: way === 'event' || way === 'profile' ? 1 : 3, maxBytes: 1000 },
  ]),
) as Record<Way, { maxActions: number; maxBytes: number }>

const destination = {
  limits,
  sizeOf: (_: Way, action: Action) =>
    action.type === 'event' && action.metric === 'Large' ? 900 : 10,
} as unknown as Destination

let nextId = 0
function event(email: string, more: Partial<EventAction> = {}): EventAction {
  nextId += 1
  return {
    type: 'event',
    metric: 'Viewed Product',
    time: 0,
    properties: {},
    uniqueId: `id-${nextId}`,
    profile: { identifiers: { email } },
    ...more,
  }
}

function profile(email: string, properties: ProfileInput['properties'] = {}): Action {
  return { type: 'profile', profile: { identifiers: { email }, properties } }
}

function patched(email: string, value: string): Action {
  return {
    type: 'profile',
    profile: {
      identifiers: { email },
      properties: { tier: value },
      patch: { append: { tags: value }, unappend: {}, unset: [] },
    },
  }
}

function subscribe(email: string, listId: string): Action {
  return { type: 'subscribe', profile: { identifiers: { email } }, channels: ['email'], listId }
}

/** Each once, though several events may bring what is said of their person. */
function spokenFor(actions: readonly Action[]): readonly number[] {
  const units = compose(actions, destination).flatMap((parcel) => parcel.units)
  const brought = new Set(units.flatMap(({ brings = [] }) => brings))
  return [...units.flatMap(({ speaksFor }) => speaksFor), ...brought].toSorted((a, b) => a - b)
}

function waysOf(actions: readonly Action[]): Way[] {
  return compose(actions, destination).map(({ way }) => way)
}

describe('a batch becomes as few requests as Klaviyo takes', () => {
  test('events share a request up to its number and its bytes', () => {
    const parcels = compose(
      [event('a'), event('b'), event('c'), event('d'), event('e', { metric: 'Large' }), event('f')],
      destination,
    )
    expect(parcels.map(({ units }) => units.length)).toEqual([3, 3])
    const large = compose(
      [event('a', { metric: 'Large' }), event('b', { metric: 'Large' })],
      destination,
    )
    expect(large.map(({ units }) => units.length)).toEqual([1, 1])
  })

  test('every action is spoken for exactly once, whatever the mix', () => {
    const actions = [
      event('a'),
      profile('a', { tier: 'gold' }),
      profile('b', { tier: 'silver' }),
      subscribe('a', 'L1'),
      event('c'),
      profile('d', { old: null }),
      subscribe('b', 'L2'),
      {
        type: 'unsubscribe',
        profile: { identifiers: { email: 'a' } },
        channels: ['email'],
      } as const,
      subscribe('a', 'L1'),
    ]
    expect(spokenFor(actions)).toEqual(actions.map((_, index) => index))
  })

  test('a repeated unique id goes once: Klaviyo refuses a whole request that repeats one', () => {
    const one = event('a', { uniqueId: 'order:1' })
    const [parcel] = compose([one, event('b'), { ...one }], destination)
    expect(parcel?.units.map(({ speaksFor }) => speaksFor)).toEqual([[0, 2], [1]])
  })

  test('the same unique id of another metric or person is another event', () => {
    const one = event('a', { uniqueId: 'order:1' })
    const [parcel] = compose(
      [one, { ...one, metric: 'Placed Order' }, event('b', { uniqueId: 'order:1' })],
      destination,
    )
    expect(parcel?.units).toHaveLength(3)
  })
})

describe('what is said of a person ends as the last word was', () => {
  test('an identify between two events of a person travels with each of them, merged in order', () => {
    const [parcel, ...others] = compose(
      [
        event('a', {
          profile: { identifiers: { email: 'a' }, properties: { tier: 'silver', size: 'M' } },
        }),
        profile('a', { tier: 'gold' }),
        event('a'),
      ],
      destination,
    )
    expect(others).toEqual([])
    for (const unit of parcel?.units ?? []) {
      expect(unit.action.profile.properties).toEqual({ tier: 'gold', size: 'M' })
      expect(unit.brings).toEqual([1])
    }
  })

  test('a person without events is imported; one whose property is cleared goes singly', () => {
    expect(waysOf([profile('a', { tier: 'gold' }), profile('b', { tier: null })])).toEqual([
      'profiles',
      'profile',
    ])
  })
})

describe('changes to lists of a profile', () => {
  test('each goes singly and in order, after the events, with the last word on all else', () => {
    const actions = [patched('a', '1'), event('a'), patched('a', '2')]
    const parcels = compose(actions, destination)
    expect(spokenFor(actions)).toEqual([0, 1, 2])
    expect(parcels.map(({ way }) => way)).toEqual(['events', 'profile', 'profile'])
    expect(parcels.slice(1).map(({ units }) => units[0]?.action.profile)).toMatchObject([
      { properties: { tier: '2' }, patch: { append: { tags: '1' } } },
      { properties: { tier: '2' }, patch: { append: { tags: '2' } } },
    ])
  })
})

describe('consent keeps its order per person', () => {
  test('people of one list share a request', () => {
    expect(waysOf([subscribe('a', 'L'), subscribe('b', 'L')])).toEqual(['subscribe'])
  })

  test('a wish after another wish of the same person never goes before it', () => {
    const unsubscribe: Action = {
      type: 'unsubscribe',
      profile: { identifiers: { email: 'a' } },
      channels: ['email'],
    }
    expect(waysOf([subscribe('a', 'L'), unsubscribe, subscribe('a', 'L')])).toEqual([
      'subscribe',
      'unsubscribe',
      'subscribe',
    ])
    expect(waysOf([subscribe('a', 'L'), unsubscribe, subscribe('b', 'L')])).toEqual([
      'subscribe',
      'unsubscribe',
    ])
  })
})
