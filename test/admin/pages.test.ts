import { brotliDecompressSync } from 'node:zlib'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { enterLink } from '../../src/server/enter-link.ts'
import { startBoth } from '../harness.ts'
import { clientOf } from './client.ts'
import { codeIn } from './workspace.ts'

const page = { accept: 'text/html' }

async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await request(url, { headers })
  const bytes = Buffer.from(await response.body.arrayBuffer())
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() }
}

test('A35 A36 the admin pages run our scripts alone: no inline script, no style without this answer’s nonce', async () => {
  const { server } = await startBoth()
  const nonces = new Set<string>()
  for (const path of ['/admin', '/admin/wsp_1/syncs', '/sign-in', '/welcome', '/join', '/reset']) {
    const { status, headers, text } = await ask(`${server.url}${path}`, page)
    expect([path, status]).toEqual([path, 200])
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toContain('unsafe')
    const [, nonce = ''] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? []
    expect(text).toContain(`nonce="${nonce}"`)
    expect(text).not.toMatch(/<script(?![^>]* src=)/)
    expect(text).not.toContain('<style')
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(6)
})

test('A93 their files may be kept for good, come compressed, and no name leads out of their folder', async () => {
  const { server } = await startBoth()
  const { text } = await ask(`${server.url}/admin`, page)
  const [, script = ''] = /src="(\/admin\/assets\/[^"]+\.js)"/.exec(text) ?? []
  const plain = await ask(`${server.url}${script}`)
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  })
  const small = await ask(`${server.url}${script}`, { 'accept-encoding': 'gzip, br' })
  expect(small.headers['content-encoding']).toBe('br')
  expect(brotliDecompressSync(small.bytes).equals(plain.bytes)).toBe(true)
  for (const name of ['none.js', '..%2findex.html', '..%2f..%2fsdk.js', 'a%00.js']) {
    const { status } = await ask(`${server.url}/admin/assets/${name}`)
    expect([name, status]).toEqual([name, 404])
  }
})

test('the bare address leads who comes from elsewhere to the admin, and tells nothing itself', async () => {
  const { server } = await startBoth()
  const { status, headers } = await ask(server.url, { ...page, host: 'shop.example' })
  expect([status, headers.location]).toEqual([303, '/admin'])
  expect((await ask(server.url, { host: 'shop.example' })).status).toBe(403)
  expect((await ask(`${server.url}/account`, page)).headers.location).toBe('/admin/account')
})

test('the demo’s link signs its owner in, once, and a newer one takes its place', async () => {
  const { server } = await startBoth()
  const linked = () => enterLink(server.parts, server.url, Date.now())
  const [first, second] = [codeIn((await linked()) ?? ''), codeIn((await linked()) ?? '')]
  const browser = clientOf(server.url)
  const enter = (code: string) => browser.ask('POST', '/session/link', { code })
  expect((await enter(first)).status).toBe(410)
  const { body } = await enter(second)
  expect(body).toMatchObject({ state: 'full', workspaces: [{ role: 'owner' }] })
  expect((await enter(second)).status).toBe(410)
  expect((await browser.ask('GET', '/session')).body.member).toMatchObject({ name: 'You' })
})
