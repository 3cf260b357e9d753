import { expect, test } from 'vitest'
import { summaryLines } from './summary.ts'

test('the summary counts by outcome, and names the reasons with the most frequent first', () => {
  const lines = summaryLines(
    { accepted: 1200, accepted_with_note: 3, anonymous_waiting: 4, event_disabled: 1 },
    { refused_no_name: 2 },
  ).map((line) => line.trim())
  expect(lines).toEqual([
    '1,203  accepted by Klaviyo',
    expect.stringMatching(/^3 {2}Klaviyo accepted it after/u),
    '4  waiting',
    expect.stringMatching(/^4 {2}The shopper is still unknown/u),
    '3  not sent',
    expect.stringMatching(/^2 {2}A track call needs the name/u),
    expect.stringMatching(/^1 {2}This kind of event is switched off/u),
    '0  failed',
  ])
})
