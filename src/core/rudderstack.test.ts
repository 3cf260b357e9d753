import { describe, expect, test } from 'vitest'
import { endOf, planOf, connectionOf } from './sample.suite.ts'
import { settingsOfRudderStack } from './rudderstack.ts'

describe('the settings of a RudderStack destination', () => {
  test('become settings here, from the config alone or from within its destination', () => {
    const config = {
      apiVersion: 'v2',
      listId: 'XUepkK',
      consent: ['email', 'sms'],
      enforceEmailAsPrimary: true,
      flattenProperties: true,
      sendPageAsTrack: false,
    }
    const expected = {
      listId: 'XUepkK',
      emailConsent: true,
      smsConsent: true,
      emailAsPrimary: true,
      flatten: true,
      pages: false,
    }
    for (const given of [config, { name: 'Klaviyo', config }, { destination: { config } }]) {
      expect(settingsOfRudderStack(given)).toEqual({ settings: expected, notes: [] })
    }
  })

  test('the dashboard’s way of writing lists, and values for each kind of source, are read as well', () => {
    const imported = settingsOfRudderStack({
      consent: [{ consent: 'email' }],
      flattenProperties: { web: true, cloud: false },
    })
    expect(imported).toMatchObject({
      settings: { emailConsent: true, smsConsent: false, flatten: true },
      notes: [expect.stringContaining('flattenProperties differs')],
    })
  })

  test('a white list lets its events through and no others; a black list the reverse', () => {
    const lists = {
      whitelistedEvents: [{ eventName: 'Order Completed' }, { eventName: ' ' }],
      blacklistedEvents: [{ eventName: 'Product Viewed' }],
    }
    const endsUnder = (option: string): (string | undefined)[] => {
      const imported = settingsOfRudderStack({ eventFilteringOption: option, ...lists })
      const connection = connectionOf('stream', imported?.settings)
      return ['Order Completed', 'Product Viewed', 'Else'].map((event) =>
        endOf(planOf({ event }, connection)),
      )
    }
    expect(endsUnder('whitelistedEvents')).toEqual([undefined, 'no_rule', 'no_rule'])
    expect(endsUnder('blacklistedEvents')).toEqual([undefined, 'rule_dropped', undefined])
    expect(endsUnder('disable')).toEqual([undefined, undefined, undefined])
  })

  test('keys are never taken over, and what has no place is told', () => {
    const imported = settingsOfRudderStack({ privateApiKey: 'pk_secret', listId: 'L', madeUp: 1 })
    expect(JSON.stringify(imported)).not.toContain('pk_secret')
    expect(imported?.notes).toEqual([
      expect.stringContaining('tillpost init'),
      expect.stringContaining('madeUp'),
    ])
  })

  test.each([null, 1, 'text', [], {}, { config: { foo: 1 } }])('%j is none', (given) => {
    expect(settingsOfRudderStack(given)).toBeUndefined()
  })
})
