import { expect, test } from 'vitest'
import { startProgress } from './progress.ts'

function written(isTTY: boolean) {
  const texts: string[] = []
  return { out: { isTTY, write: (text: string) => texts.push(text) }, text: () => texts.join('') }
}

test('without a terminal progress is plain lines', () => {
  const { out, text } = written(false)
  const progress = startProgress({ label: 'Sending', total: 1200, unit: 'events' }, out)
  progress.at(600)
  progress.at(1200)
  progress.end()
  expect(text()).toBe('Sending: 1,200 of 1,200 events\n')
})

test('in a terminal progress is one line that is drawn again', () => {
  const { out, text } = written(true)
  const progress = startProgress({ label: 'Sending', total: 10, unit: 'events' }, out)
  progress.at(10)
  progress.end()
  expect(text()).toMatch(/^\r.* {2}0 of 10 events\r.*10 of 10 events\n$/u)
})
