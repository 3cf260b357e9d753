import { Ajv } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import { expect, test } from 'vitest'
import * as api from '../api/index.ts'
import { invalidOf } from './invalid.ts'

// As the server makes it, but for all mistakes at once.
const ajv = new Ajv({ verbose: true, strict: false, validateFormats: false })

function said(schema: object, value: unknown): string {
  const check = ajv.compile(schema)
  check(value)
  return invalidOf((check.errors ?? []) as unknown as FastifySchemaValidationError[]).message
}

const sentences: readonly [object, unknown, string][] = [
  [api.createStore.body!, {}, 'name is needed.'],
  [api.createStore.body!, { name: 7 }, 'name has to be a text.'],
  [api.createStore.body!, { name: '' }, 'name has to be filled in.'],
  [api.createStore.body!, { name: ' ' }, 'name has to hold more than spaces.'],
  [
    api.createStore.body!,
    { name: 'A', country: 'Germany' },
    'country has to be a country’s code of two capital letters, as DE.',
  ],
  [
    api.createStore.body!,
    { name: 'A', nmae: 'B' },
    'There is no field nmae. Check how it is written.',
  ],
  [
    api.createConnection.body!,
    { sourceId: 's', destinationId: 'd', preset: 'shop' },
    'preset has to be storefront, platform, hub, stream or try-on.',
  ],
  [
    api.changeSettings.body!,
    { settings: { rules: [{ name: 'A', events: ['x'], decision: 'keep' }] } },
    'settings.rules[0].decision has to be send, drop or change.',
  ],
  [
    api.changeSettings.body!,
    { settings: { requestsPerSecond: 1000 } },
    'settings.requestsPerSecond has to be 350 or less.',
  ],
  [api.rollWriteKey.body!, { overlapHours: 1.5 }, 'overlapHours has to be a whole number.'],
  [api.createStore.body!, [], 'What is sent has to be an object.'],
]

test.each(sentences)(
  'what does not fit a shape is told in a sentence: %#',
  (schema, value, says) => {
    expect(said(schema, value)).toBe(says)
  },
)

test('the place is a JSON pointer to the field itself', () => {
  const check = ajv.compile(api.createStore.body!)
  check({})
  const { more } = invalidOf((check.errors ?? []) as unknown as FastifySchemaValidationError[])
  expect(more.errors).toEqual([{ pointer: '/body/name', message: 'name is needed.' }])
})

test('an address that was sent as a field’s name is not repeated', () => {
  expect(said(api.createStore.body!, { name: 'A', 'ana@shop.example': 1 })).toBe(
    'A field has a name that is not known here.',
  )
})

test('every pattern of the API has words of its own', () => {
  const found = new Set<string>()
  JSON.stringify(Object.values(api), (key, value: unknown) => {
    if (key === 'pattern' && typeof value === 'string') found.add(value)
    return value
  })
  const wordless = [...found].filter((pattern) =>
    said({ type: 'string', pattern }, '').includes('its page of the API'),
  )
  expect(wordless).toEqual([])
})
