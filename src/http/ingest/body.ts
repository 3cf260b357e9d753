import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import type { Room } from './room.ts'

export type Body =
  | { readonly type: 'ok'; readonly bytes: Buffer }
  | { readonly type: 'too_large' }
  | { readonly type: 'no_room' }
  /** The bytes are not what `Content-Encoding` says. */
  | { readonly type: 'damaged' }
  | { readonly type: 'unknown_encoding' }
  /** The sender hung up. */
  | { readonly type: 'gone' }

const maxBodyBytes = 4 * 1024 * 1024

/**
 * Reads a body whole, inflated. What it takes up in `room` is the caller's to give back: `took` is told
 * of every byte. Never more than `maxBodyBytes`, sent or inflated, are held.
 */
export function readBody(
  request: IncomingMessage,
  room: Room,
  took: (bytes: number) => void,
): Promise<Body> {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === '' || encoding === 'identity') {
    return receive(request, room, took)
  }
  const inflating = inflaters.get(encoding.trim().toLowerCase())
  if (inflating === undefined) return Promise.resolve({ type: 'unknown_encoding' })
  return readInflated(request, room, took, inflating)
}

async function readInflated(
  request: IncomingMessage,
  room: Room,
  took: (bytes: number) => void,
  inflating: Inflate,
): Promise<Body> {
  const sent = await receive(request, room, took)
  if (sent.type !== 'ok') return sent
  // The place is taken before: how much it will be is known only afterwards.
  if (!room.enter(maxBodyBytes)) return { type: 'no_room' }
  took(maxBodyBytes)
  try {
    return { type: 'ok', bytes: await inflating(sent.bytes) }
  } catch (error) {
    const isTooLarge =
      error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return { type: isTooLarge ? 'too_large' : 'damaged' }
  }
}

type Inflate = (bytes: Buffer) => Promise<Buffer>

// Beyond this many bytes they stop: a small bomb is not let go off.
const limit = { maxOutputLength: maxBodyBytes }
const gunzipLater = promisify<Buffer, typeof limit, Buffer>(gunzip)
const inflateLater = promisify<Buffer, typeof limit, Buffer>(inflate)
const inflateRawLater = promisify<Buffer, typeof limit, Buffer>(inflateRaw)
const unbrotliLater = promisify<Buffer, typeof limit, Buffer>(brotliDecompress)

const inflaters: ReadonlyMap<string, Inflate> = new Map<string, Inflate>([
  ['gzip', (bytes) => gunzipLater(bytes, limit)],
  ['x-gzip', (bytes) => gunzipLater(bytes, limit)],
  ['br', (bytes) => unbrotliLater(bytes, limit)],
  [
    'deflate',
    // With the header that the standard asks for, or bare as some send it.
    (bytes) =>
      (bytes[0] ?? 0) % 16 === 8 ? inflateLater(bytes, limit) : inflateRawLater(bytes, limit),
  ],
])

function receive(
  request: IncomingMessage,
  room: Room,
  took: (bytes: number) => void,
): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
    // Read and thrown away: whoever is still writing would not see an answer to a closed connection.
    request.resume()
    return Promise.resolve({ type: 'too_large' })
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (body: Body) => {
      request.removeListener('data', onData)
      if (body.type !== 'ok') request.resume()
      resolve(body)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBodyBytes) return end({ type: 'too_large' })
      if (!room.enter(chunk.length)) return end({ type: 'no_room' })
      took(chunk.length)
      chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => {
      const [first] = chunks
      const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      end({ type: 'ok', bytes })
    })
    request.once('error', () => end({ type: 'gone' }))
    request.once('close', () => end({ type: 'gone' }))
  })
}
