import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Configuration,
  configurationOf,
  differencesOf,
  importPlan,
  type InPlace,
  settingsIn,
} from './configuration.ts'
import { presets, settingsOf } from './mapping/presets.ts'
import type { PresetName, Settings } from './settings.ts'

const presetNames = Object.keys(presets) as PresetName[]

const differences = fc.record(
  {
    enabled: fc.boolean(),
    identity: fc.constantFrom('email-only', 'any-identifier', 'anonymous-allowed'),
    switches: fc.dictionary(fc.constantFrom('Placed Order', 'profiles'), fc.boolean()),
    rules: fc.array(
      fc.record({
        name: fc.string({ minLength: 1 }),
        events: fc.array(fc.string()),
        decision: fc.constantFrom('send', 'drop'),
      }),
      { maxLength: 3 },
    ),
    withoutRule: fc.constantFrom('send', 'drop'),
    listId: fc.string({ minLength: 1 }),
    mappings: fc.dictionary(
      fc.constantFrom('Order Completed', 'Quiz'),
      fc.option(fc.record({ metric: fc.string({ minLength: 1 }) })),
    ),
    requestsPerSecond: fc.integer({ min: 1, max: 350 }),
    keepFailedMs: fc.integer({ min: 3_600_000 }),
    botTracking: fc.boolean(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Omit<Settings, 'preset'>>>

function inPlace(connections: InPlace['connections'], more: Partial<InPlace> = {}): InPlace {
  const workspaceId = 'wsp_1'
  return {
    workspace: { id: workspaceId, name: 'Acme' },
    stores: [
      { workspaceId, id: 'sto_2', key: 'b', name: 'B' },
      { workspaceId, id: 'sto_1', key: 'a', name: 'A', currency: 'EUR' },
    ],
    sources: [
      {
        workspaceId,
        id: 'src_1',
        storeId: 'sto_1',
        name: 'Web',
        writeKey: 'wk_canary',
        browserKey: 'bk_canary',
        enabled: true,
      },
    ],
    destinations: [
      {
        workspaceId,
        id: 'dst_1',
        accountId: 'ACME01',
        accountName: 'Acme GmbH',
        secret: 'pk_canary',
        state: 'connected',
      },
    ],
    connections,
    ...more,
  }
}

function connectionWith(settings: Settings): InPlace['connections'][number] {
  return {
    workspaceId: 'wsp_1',
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store: { id: 'sto_1', key: 'a' },
    version: 1,
    settings,
    state: 'connected',
    since: 0,
  }
}

describe('M28 the configuration as a file', () => {
  test('settings come back as they were, whatever differs from the preset', () => {
    fc.assert(
      fc.property(fc.constantFrom(...presetNames), differences, (preset, own) => {
        const settings = settingsOf(preset, own)
        const filed = JSON.parse(JSON.stringify(differencesOf(settings)))
        expect(settingsIn({ preset, settings: filed })).toEqual(settings)
      }),
    )
  })

  test('what was exported is nothing to be done where it came from', () => {
    fc.assert(
      fc.property(fc.constantFrom(...presetNames), differences, (preset, own) => {
        const now = inPlace([connectionWith(settingsOf(preset, own))])
        const file: Configuration = JSON.parse(JSON.stringify(configurationOf(now)))
        expect(importPlan(now, file).map(({ does }) => does)).not.toContain('add')
        expect(importPlan(now, file).map(({ does }) => does)).not.toContain('change')
      }),
    )
  })

  test('the same configuration gives the same text, in whatever order it is kept', () => {
    const now = inPlace([connectionWith(settingsOf('storefront', { flatten: true }))])
    const turned = inPlace(now.connections, { stores: now.stores.toReversed() })
    expect(JSON.stringify(configurationOf(turned))).toBe(JSON.stringify(configurationOf(now)))
  })

  test('no key is in it', () => {
    const text = JSON.stringify(configurationOf(inPlace([connectionWith(settingsOf('hub'))])))
    expect(text).not.toContain('canary')
  })

  test('the plan names what is made, changed, left, and what a person has to do first', () => {
    const now = inPlace([connectionWith(settingsOf('storefront'))])
    const file = configurationOf(
      inPlace([connectionWith(settingsOf('storefront', { flatten: true }))]),
    )
    const empty = inPlace([], { stores: [], sources: [], destinations: [] })
    expect(importPlan(empty, file).map(({ what, does }) => `${what} ${does}`)).toEqual([
      'workspace leave',
      'store add',
      'store add',
      'source add',
      'account blocked',
      'connection blocked',
    ])
    const changing = importPlan(now, file).find(({ does }) => does === 'change')
    expect(changing).toMatchObject({
      what: 'connection',
      name: 'Web (a) → Acme GmbH',
      changes: [{ field: 'flatten', from: false, to: true }],
    })
  })
})
