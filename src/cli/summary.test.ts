import { expect, test } from 'vitest'
import { totalsOf } from '../core/index.ts'
import { summaryLines } from './summary.ts'

test('the summary counts as the pages do, and names the reasons with the most frequent first', () => {
  const counts = {
    accepted: 1200,
    accepted_with_note: 3,
    anonymous_waiting: 4,
    event_disabled: 1,
    klaviyo_rejected: 2,
    retries_exhausted: 1,
  }
  const totals = totalsOf([{ counts, waiting: 5 }])
  const lines = summaryLines(totals, counts, { refused_no_name: 2 }).map((line) => line.trim())
  expect(lines).toEqual([
    '1,203  accepted by Klaviyo',
    expect.stringMatching(/^3 {2}Klaviyo accepted it after/u),
    '9  waiting',
    expect.stringMatching(/^5 {2}Their turn/u),
    expect.stringMatching(/^4 {2}The shopper is still unknown/u),
    '1  not sent',
    expect.stringMatching(/^1 {2}This kind of event is switched off/u),
    '3  failed',
    expect.stringMatching(/^2 {2}Klaviyo rejected it/u),
    expect.stringMatching(/^1 {2}It failed as often/u),
    '2  refused at the door: no events',
    expect.stringMatching(/^2 {2}A track call needs the name/u),
  ])
})
