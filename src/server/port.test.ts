import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from './port.ts'

const host = '127.0.0.1'

test('a port that is in use gives way to the next free one, unless it was asked for', async () => {
  const other = createServer().listen(0, host)
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const found = await freePort(host, { number: port, given: false })
  expect(found).toBeGreaterThan(port)
  await expect(freePort(host, { number: port, given: true })).rejects.toThrow(/in use/u)
  other.close()
})

test('port 0 stays 0: the system chooses', async () => {
  expect(await freePort(host, { number: 0, given: true })).toBe(0)
})

test('an address that is not of this machine is named', async () => {
  await expect(freePort('203.0.113.7', { number: 4400, given: false })).rejects.toThrow(
    /203\.0\.113\.7/u,
  )
})
