import type { IncomingHttpHeaders } from 'node:http'
import type { Account } from './account.ts'
import type { Caller } from './auth.ts'
import type { Operation } from './generated/tables.ts'
import type { Query } from './query.ts'
import type { World } from './world.ts'

/** One call of an operation, let in: its key, scopes, limits, query and body are in order. */
export interface Call {
  readonly world: World
  readonly account: Account
  readonly caller: Caller
  readonly id: string
  readonly operation: Operation
  readonly params: { readonly [name: string]: string }
  readonly query: Query
  /** The body; its shape was checked against the operation's schema. */
  readonly body: unknown
  readonly bytes: Buffer
  readonly headers: IncomingHttpHeaders
  readonly now: number
  /** Where this simulator lives; links begin with it. */
  readonly base: string
  /** Path and query as they were sent. */
  readonly target: string
}

/** What it takes to show a resource, be it in an answer or in a webhook. */
export type Look = Pick<Call, 'account' | 'base'> & {
  readonly query: Pick<Query, 'values' | 'include' | 'additional'>
}

export interface Answer {
  readonly status: number
  /** Written as JSON; without it the body is empty. */
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}

export type Handler = (call: Call) => Answer

export const empty = (status: number): Answer => ({ status })
