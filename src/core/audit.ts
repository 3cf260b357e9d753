import type { ActName } from './act-name.ts'
import type { Json } from './event.ts'

/**
 * One thing that somebody did, kept for ever: who, what, from where, and what it changed. Written in the
 * transaction of the change itself, so that there is neither without the other.
 */
export interface Act {
  /** `installation` for what concerns no workspace: signing in, a password. */
  readonly workspaceId: string
  /** Epoch milliseconds. */
  readonly at: number
  /** A member, a token, or the command line; nobody is named who has not signed in. */
  readonly by: Actor
  readonly address: string
  readonly action: ActName
  /** The id of what it was done to. */
  readonly target?: string
  /** Holds no secret and no shopper's details. */
  readonly before?: Json
  readonly after?: Json
}

export type Actor =
  | { readonly type: 'member' | 'token'; readonly id: string }
  | { readonly type: 'local' | 'nobody' }

/** As kept: each row's hash covers the row before, so that an edited or missing one shows. */
export interface AuditRow extends Omit<Act, 'action'> {
  /** One that another version of the program wrote may be among them. */
  readonly action: string
  /** From 1, without a gap, within the workspace. */
  readonly number: number
  readonly hash: string
}

export const installation = 'installation'

/** What `verify` found. `at` is the number of the first row that does not fit. */
export type AuditCheck =
  | { readonly type: 'whole'; readonly rows: number }
  | { readonly type: 'broken'; readonly at: number }
