import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { tillpost } from './program.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ready = /Ctrl-C stops/u

/** The figure before a word of the summary. */
function figure(text: string, word: string): number {
  const match = new RegExp(`^ *([\\d,]+) {2}${word}$`, 'mu').exec(text)
  if (match === null) throw new Error(`There is no line "${word}" in:\n${text}`)
  return Number(match[1]?.replaceAll(',', ''))
}

test('the demo plays the day, says what became of it, stops cleanly, and goes on where it was', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const first = tillpost(['demo', '--port', '0'], { env })
  await first.says(ready)
  const said = first.stdout()
  const accepted = figure(said, 'accepted by Klaviyo')
  expect(accepted).toBeGreaterThan(400)
  expect(figure(said, 'waiting')).toBeGreaterThan(0)
  expect(figure(said, 'not sent')).toBe(3)
  // One that Klaviyo rejects, as the pages count it.
  expect(figure(said, 'failed')).toBe(1)
  expect(figure(said, 'refused at the door: no events')).toBe(3)
  // Without a terminal, progress is plain lines.
  expect(first.stderr()).toMatch(/^Sending: (\d+) of \1 events$/mu)
  expect(first.text()).not.toContain('\u001B')

  const [, url, writeKey] = await first.says(/curl (\S+)\/v1\/track -u (\S+): -H/u)
  const page = await fetch(`${url}/`)
  expect(page.status).toBe(200)
  const own = await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
    body: JSON.stringify({
      event: 'Product Viewed',
      userId: 'you',
      context: { traits: { email: 'you@shopper.example' } },
    }),
  })
  expect(own.status).toBe(200)

  first.kill('SIGINT')
  expect(await first.ended).toBe(0)
  expect(first.text()).not.toMatch(/^ +at .*:\d+:\d+/mu)
  expect(existsSync(`${env.TILLPOST_DATA}/server.json`)).toBe(false)

  const second = tillpost(['demo', '--port', '0'], { env })
  await second.says(ready)
  expect(second.text()).toContain('Going on from the last run')
  expect(second.text()).not.toContain('Playing')
  expect(figure(second.stdout(), 'accepted by Klaviyo')).toBe(accepted + 1)
  second.kill('SIGTERM')
  expect(await second.ended).toBe(0)
})

test('a demo that is stopped in the middle of the day plays it to its end the next time', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const first = tillpost(['demo', '--port', '0'], { env })
  await first.says(/Playing/u)
  first.kill('SIGINT')
  expect(await first.ended).toBe(0)
  const second = tillpost(['demo', '--port', '0'], { env })
  await second.says(ready)
  expect(figure(second.stdout(), 'accepted by Klaviyo')).toBeGreaterThan(400)
  expect(figure(second.stdout(), 'failed')).toBe(1)
})

test('a busy port gives way to the next free one, and the demo says so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const demo = tillpost(['demo', '--port', String(port)], { env })
  const [, used] = await demo.says(new RegExp(`Port ${port} is busy: using (\\d+)`, 'u'))
  expect(Number(used)).toBeGreaterThan(port)
  await demo.says(new RegExp(`Tillpost +http://localhost:${used}/enter`, 'u'))
  other.close()
})

test('the demo leaves a real store alone, and a real start leaves the demo alone', async () => {
  const env = { TILLPOST_DATA: await temporaryFolder() }
  const serve = tillpost(['serve'], { env: { ...env, TILLPOST_PORT: '0' } })
  await serve.says(/Tillpost is at/u)
  serve.kill('SIGTERM')
  expect(await serve.ended).toBe(0)
  for (const parameters of [['demo'], ['demo', '--reset']]) {
    const demo = tillpost(parameters, { env })
    expect(await demo.ended).toBe(1)
    expect(demo.stderr()).toMatch(/holds a real store/u)
  }

  const demoEnv = { TILLPOST_DATA: await temporaryFolder() }
  const demo = tillpost(['demo', '--port', '0'], { env: demoEnv })
  await demo.says(/Playing/u)
  demo.kill('SIGINT')
  await demo.ended
  const wrong = tillpost(['serve'], { env: demoEnv })
  expect(await wrong.ended).toBe(1)
  expect(wrong.stderr()).toMatch(/holds the demo/u)
})
