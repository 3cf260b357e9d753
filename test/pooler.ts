import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Client } from 'pg'

/** A statement as it went over the wire. */
export interface Recorded {
  readonly text: string
  /** Numbers and texts as text, arrays as they are in PostgreSQL's binary form. */
  readonly values: readonly (string | Buffer | null)[]
}

/**
 * Stands between a program and PostgreSQL as a pooler in transaction mode does: it has a few sessions, and
 * whoever begins a transaction gets the next one that is free, until its end. What a session would remember is
 * another's by then. Notes what is asked. Refuses what such poolers refuse: statements with a name.
 */
export interface Pooler {
  readonly url: string
  readonly statements: Recorded[]
  /** How many programs' connections there were, and sessions for them. */
  readonly counts: () => { readonly connections: number; readonly sessions: number }
  /** After so many statements more, all connections break off. */
  readonly cutAfter: (statements: number) => void
  close(): Promise<void>
}

interface Noted extends Recorded {
  readonly values: (string | Buffer | null)[]
}

interface Session {
  readonly socket: Socket
  connection: Connection | undefined
  /** Answers that the transaction's statements still wait for. */
  asked: number
  inTransaction: boolean
  rest: Buffer
}

interface Connection {
  readonly socket: Socket
  session: Session | undefined
  /** What waits for a session: messages up to a `Sync` or `Query` each. */
  readonly waiting: Buffer[]
  isGreeted: boolean
  /** The statement that values are to come for. */
  last: Noted | undefined
  rest: Buffer
}

export async function startPooler(target: string, most = 2): Promise<Pooler> {
  const sessions: Session[] = []
  const connections = new Set<Connection>()
  const statements: Recorded[] = []
  let cut = Infinity
  let turn = 0
  let opening = 0
  let connected = 0
  let opened = 0

  const server = createServer((socket) => {
    const connection: Connection = {
      socket,
      session: undefined,
      waiting: [],
      isGreeted: false,
      last: undefined,
      rest: Buffer.alloc(0),
    }
    connections.add(connection)
    connected += 1
    socket.on('error', () => {})
    socket.on('data', (chunk) => receive(connection, chunk))
    socket.on('close', () => {
      connections.delete(connection)
      // In the middle of something: what the session was doing is undone with it.
      if (connection.session !== undefined) end(connection.session)
    })
  })

  function receive(connection: Connection, chunk: Buffer): void {
    connection.rest = Buffer.concat([connection.rest, chunk])
    if (!connection.isGreeted) {
      const { rest } = connection
      if (rest.length < 4 || rest.length < rest.readInt32BE(0)) return
      connection.isGreeted = true
      connection.rest = rest.subarray(rest.readInt32BE(0))
      connection.socket.write(greeting)
    }
    let from = 0
    for (const { type, at, end: until } of messagesIn(connection.rest)) {
      if (type === 'X') return void connection.socket.end()
      note(connection, type, connection.rest.subarray(at + 5, until))
      if (type !== 'S' && type !== 'Q') continue
      connection.waiting.push(Buffer.from(connection.rest.subarray(from, until)))
      from = until
    }
    connection.rest = Buffer.from(connection.rest.subarray(from))
    serve()
  }

  function note(connection: Connection, type: string, body: Buffer): void {
    if (type === 'B') {
      connection.last?.values.push(...valuesIn(body))
    }
    if (type !== 'Q' && type !== 'P') return
    const first = textAt(body, 0)
    if (type === 'P' && first.text !== '') throw new Error(`A statement has a name: ${first.text}`)
    connection.last = {
      text: type === 'Q' ? first.text : textAt(body, first.end).text,
      values: [],
    }
    statements.push(connection.last)
    cut -= 1
    if (cut > 0) return
    cut = Infinity
    for (const { socket } of connections) socket.destroy()
  }

  /** Gives each who waits a session that is free. */
  function serve(): void {
    for (const connection of connections) {
      if (connection.waiting.length === 0) continue
      connection.session ??= take(connection)
      const { session } = connection
      if (session === undefined) continue
      for (const message of connection.waiting.splice(0)) {
        session.asked += 1
        session.socket.write(message)
      }
    }
  }

  function take(connection: Connection): Session | undefined {
    // In turns, so that hardly anybody gets the same one again.
    for (let tries = 0; tries < sessions.length; tries += 1) {
      turn = (turn + 1) % sessions.length
      const session = sessions[turn]
      if (session === undefined || session.connection !== undefined) continue
      session.connection = connection
      return session
    }
    if (sessions.length + opening < most) {
      opening += 1
      void open().finally(() => {
        opening -= 1
        serve()
      })
    }
    return undefined
  }

  async function open(): Promise<void> {
    const client = new Client({ connectionString: target })
    await client.connect()
    // From here on its socket is ours.
    const { stream: socket } = (client as unknown as { connection: { stream: Socket } }).connection
    socket.removeAllListeners()
    const session: Session = {
      socket,
      connection: undefined,
      asked: 0,
      inTransaction: false,
      rest: Buffer.alloc(0),
    }
    sessions.push(session)
    opened += 1
    socket.on('error', () => {})
    socket.on('close', () => end(session))
    socket.on('data', (chunk) => answer(session, chunk))
  }

  function answer(session: Session, chunk: Buffer): void {
    session.rest = Buffer.concat([session.rest, chunk])
    let until = 0
    for (const message of messagesIn(session.rest)) {
      until = message.end
      if (message.type !== 'Z') continue
      session.asked -= 1
      session.inTransaction = session.rest[message.at + 5] !== idle
    }
    session.connection?.socket.write(Buffer.from(session.rest.subarray(0, until)))
    session.rest = Buffer.from(session.rest.subarray(until))
    if (session.asked > 0 || session.inTransaction) return
    if (session.connection !== undefined) session.connection.session = undefined
    session.connection = undefined
    serve()
  }

  function end(session: Session): void {
    session.socket.destroy()
    const place = sessions.indexOf(session)
    if (place >= 0) sessions.splice(place, 1)
    if (session.connection === undefined) return
    session.connection.session = undefined
    session.connection.socket.destroy()
    serve()
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    statements,
    counts: () => ({ connections: connected, sessions: opened }),
    cutAfter: (count) => {
      cut = count
    },
    async close() {
      for (const { socket } of connections) socket.destroy()
      while (sessions[0] !== undefined) end(sessions[0])
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

const idle = 'I'.charCodeAt(0)

/** "You may come in", and "ask". */
const greeting = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, idle])

/** Those that have come whole. */
function* messagesIn(
  bytes: Buffer,
): Generator<{ readonly type: string; readonly at: number; readonly end: number }> {
  let at = 0
  while (bytes.length >= at + 5) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (bytes.length < end) return
    yield { type: String.fromCharCode(bytes[at] ?? 0), at, end }
    at = end
  }
}

function textAt(body: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = body.indexOf(0, at)
  return { text: body.toString('utf8', at, end), end: end + 1 }
}

/** Of a message that binds: portal and statement, formats, then the values. */
function valuesIn(body: Buffer): (string | Buffer | null)[] {
  const formatsAt = textAt(body, textAt(body, 0).end).end
  const formats = body.readInt16BE(formatsAt)
  let at = formatsAt + 2 + 2 * formats
  const count = body.readInt16BE(at)
  at += 2
  return Array.from({ length: count }, (_, place) => {
    const length = body.readInt32BE(at)
    at += 4
    if (length < 0) return null
    const value = Buffer.from(body.subarray(at, at + length))
    at += length
    const format = formats > 1 ? place : 0
    const isBinary = formats > 0 && body.readInt16BE(formatsAt + 2 + 2 * format) === 1
    return isBinary ? value : value.toString('utf8')
  })
}
