import { InvalidArgumentError } from 'commander'
import { expect, test } from 'vitest'
import { outcomeWord, readOutcome } from './outcome-word.ts'

test('S40 an outcome is typed as the table prints it, with hyphens, or by its name in the API', () => {
  for (const typed of ['not sent', 'not-sent', 'Not sent ', 'dropped']) {
    expect(readOutcome(typed)).toBe('dropped')
  }
  for (const typed of ['seen in Klaviyo', 'seen-in-klaviyo', 'confirmed']) {
    expect(readOutcome(typed)).toBe('confirmed')
  }
  expect(readOutcome('failed')).toBe('dead')
  for (const outcome of ['waiting', 'sending', 'retrying', 'held', 'accepted', 'retry'] as const) {
    expect(readOutcome(outcomeWord(outcome))).toBe(outcome)
  }
})

test('a word that is no outcome is answered with those that are', () => {
  for (const typed of ['gone', '', 'toString', 'not']) {
    expect(() => readOutcome(typed)).toThrow(InvalidArgumentError)
    expect(() => readOutcome(typed)).toThrow(
      'It must be one of: waiting, sending, retrying, held, accepted, seen-in-klaviyo, not-sent, retry, failed.',
    )
  }
})
