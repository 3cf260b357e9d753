import { randomBytes } from 'node:crypto'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SecretUnreadable } from '../core/index.ts'
import { openSecrets, readKeyFile } from './secrets.ts'

const newKey = () => randomBytes(32).toString('base64')

test('M21 a secret is unreadable at rest and comes back with its key', () => {
  const secrets = openSecrets(newKey())
  const sealed = secrets.seal('pk_secret', 'dst_1')
  expect(sealed).not.toContain('pk_secret')
  expect(secrets.open(sealed, 'dst_1')).toBe('pk_secret')
  expect(secrets.seal('pk_secret', 'dst_1')).not.toBe(sealed)
})

test('M21 W10 A9 A52 a secret that was changed or given to another destination does not open', () => {
  const secrets = openSecrets(newKey())
  const sealed = secrets.seal('pk_secret', 'dst_1')
  expect(() => secrets.open(sealed, 'dst_2')).toThrow(SecretUnreadable)
  const flipped = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2)
  expect(() => secrets.open(flipped, 'dst_1')).toThrow(SecretUnreadable)
  expect(() => secrets.open('v1', 'dst_1')).toThrow(SecretUnreadable)
  expect(() => secrets.open(sealed.slice(0, 20), 'dst_1')).toThrow(SecretUnreadable)
})

test('M21 a new key goes in front and the old one still opens what it sealed', () => {
  const [old, fresh] = [newKey(), newKey()]
  const sealed = openSecrets(old).seal('pk_secret', 'dst_1')
  const both = openSecrets(`${fresh},${old}`)
  expect(both.open(sealed, 'dst_1')).toBe('pk_secret')
  expect(both.isOld(sealed)).toBe(true)
  const again = both.seal('pk_secret', 'dst_1')
  expect(both.isOld(again)).toBe(false)
  expect(openSecrets(fresh).open(again, 'dst_1')).toBe('pk_secret')
  expect(() => openSecrets(fresh).open(sealed, 'dst_1')).toThrow(/key that is not there/u)
})

test('A55 no two texts are encrypted from the same beginning', () => {
  const secrets = openSecrets(newKey())
  const beginnings = new Set<string>()
  // The twelve random bytes stand in front.
  for (let n = 0; n < 20_000; n += 1)
    beginnings.add(secrets.seal('pk_secret', 'dst_1').split('.')[2]!.slice(0, 16))
  expect(beginnings.size).toBe(20_000)
})

test('A53 a key ring that is empty or of the wrong length says what to do', () => {
  expect(() => openSecrets(' \n')).toThrow(/openssl rand -base64 32/u)
  expect(() => openSecrets('c2hvcnQ=')).toThrow(/Key 1 .* 5 bytes/u)
})

test('M21 the key file is made once, for its owner only', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tillpost-')), 'keys')
  const first = readKeyFile(file)
  expect(first.made).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readKeyFile(file)).toEqual({ ring: first.ring, made: false })
})

test('an empty key file is what a start left that died while it made it: the next one fills it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'tillpost-')), 'keys')
  writeFileSync(file, '')
  const { ring, made } = readKeyFile(file)
  expect(made).toBe(true)
  expect(readKeyFile(file)).toEqual({ ring, made: false })
  expect(() => openSecrets(ring)).not.toThrow()
})
