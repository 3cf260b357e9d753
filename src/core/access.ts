import type { Act, AuditCheck, AuditRow } from './audit.ts'
import type { Handshake } from './handshake.ts'
import type { Role, TokenScope } from './roles.ts'

/** Who may sign in, with what, and what they did: the port between the admin API and where it is kept. */

/** A person. Belongs to the installation; what the person may do is said by memberships. */
export interface Member {
  readonly id: string
  /** Lower case. */
  readonly email: string
  readonly name: string
  /** May make workspaces and see how the installation does. Sees into none of them by that alone. */
  readonly operator: boolean
  /** As `password.ts` writes it. */
  readonly password: string
  /** The secret of the second factor, sealed; undefined: there is none. */
  readonly totp?: string
  /** The newest step whose code was used: none counts twice. */
  readonly totpStep: number
  /** Digests of the recovery codes that are left. */
  readonly recovery: readonly string[]
  readonly createdAt: number
}

/** Who a member is at an OpenID Connect provider. */
export interface Identity {
  readonly issuer: string
  /** The provider's own name of the person, which stays when the email address changes. */
  readonly subject: string
  readonly memberId: string
  readonly boundAt: number
}

export interface Membership {
  readonly workspaceId: string
  readonly memberId: string
  readonly role: Role
  readonly since: number
}

export interface Session {
  /** For lists; the cookie's value is not kept, only `digest`. */
  readonly id: string
  readonly digest: string
  readonly memberId: string
  /** `half`: the password was right, the second factor is still to come. */
  readonly state: 'half' | 'full'
  readonly address: string
  readonly agent: string
  readonly createdAt: number
  readonly seenAt: number
}

/** A link that works once: makes the first owner, invites, sets a new password, or signs the demo's owner in. */
export interface Ticket {
  readonly digest: string
  readonly kind: 'owner' | 'invite' | 'reset' | 'enter'
  readonly createdAt: number
  readonly expiresAt: number
  /** `invite`: who is invited, to where, as what. */
  readonly email?: string
  readonly workspaceId?: string
  readonly role?: Role
  /** `reset`: whose password. `enter`: who signs in. */
  readonly memberId?: string
}

/** A program's key to one workspace. Never may more than the member who made it. */
export interface Token {
  readonly workspaceId: string
  readonly id: string
  readonly memberId: string
  readonly name: string
  readonly digest: string
  readonly scopes: readonly TokenScope[]
  /** Networks (CIDR) that it may come from; empty: all. */
  readonly networks: readonly string[]
  readonly createdAt: number
  readonly expiresAt: number
  readonly usedAt?: number
  /** After rolling: the digest that is still taken until then. */
  readonly former?: { readonly digest: string; readonly until: number }
}

/** An answer that was given to an `Idempotency-Key`. Absent `answer`: it is being worked on. */
export interface Repeat {
  readonly bodyDigest: string
  readonly at: number
  readonly answer?: { readonly status: number; readonly body: string }
}

/** Whoever asked for it sees people's details in a workspace until then: the reason is in the trail. */
export interface Reveal {
  readonly workspaceId: string
  /** Of a session, or a token. */
  readonly callerId: string
  readonly until: number
}

export interface Access {
  /** False: nobody can sign in yet. */
  hasMembers(): Promise<boolean>
  member(id: string): Promise<Member | undefined>
  memberByEmail(email: string): Promise<Member | undefined>
  membersOf(workspaceId: string): Promise<readonly (Membership & { readonly member: Member })[]>
  membershipsOf(memberId: string): Promise<readonly Membership[]>
  membership(workspaceId: string, memberId: string): Promise<Membership | undefined>
  changeMember(
    id: string,
    change: Partial<Pick<Member, 'name' | 'password' | 'totpStep' | 'recovery'>> & {
      readonly totp?: string | null
    },
    act: Act | undefined,
  ): Promise<void>
  memberByIdentity(issuer: string, subject: string): Promise<Member | undefined>
  /** False: it is another member's, or the member has another one of that issuer. */
  bindIdentity(identity: Identity, act: Act): Promise<boolean>
  /** False: that step, or a newer one, was used before. */
  useTotpStep(id: string, step: number): Promise<boolean>
  /** False: there is no such code among those that are left. */
  useRecovery(id: string, digest: string): Promise<boolean>
  addMembership(membership: Membership, act: Act): Promise<void>
  /** Role undefined: ends it. False: the workspace would be left without an owner, nothing was changed. */
  changeRole(
    workspaceId: string,
    memberId: string,
    role: Role | undefined,
    act: Act,
  ): Promise<boolean>

  /** Ends the member's oldest sessions beyond `most`. */
  openSession(session: Session, most: number, act: Act): Promise<void>
  session(digest: string): Promise<Session | undefined>
  sessionsOf(memberId: string): Promise<readonly Session[]>
  seeSession(digest: string, at: number): Promise<void>
  /** Those of the member, but `exceptId`; with `onlyId` that one alone. Returns how many. */
  endSessions(
    memberId: string,
    which: { readonly exceptId?: string; readonly onlyId?: string },
    act: Act | undefined,
  ): Promise<number>

  /** Takes the place of earlier ones for the same: an older link to it works no more. */
  addTicket(ticket: Ticket, act: Act | undefined): Promise<void>
  /** Also one that is over or was used. */
  ticket(digest: string): Promise<(Ticket & { readonly used: boolean }) | undefined>
  invitesOf(workspaceId: string): Promise<readonly Ticket[]>
  /** False: there was none. */
  dropInvite(workspaceId: string, email: string, act: Act): Promise<boolean>
  /**
   * Uses a link up: adds the member where there is one to add, gives the memberships, sets the password and,
   * with it, ends the sessions and forgets the identities, in one transaction. Undefined: it is unknown, over, or was used, and nothing changed.
   */
  redeem(
    digest: string,
    now: number,
    then: {
      readonly member?: Member
      readonly password?: string
      readonly memberships: readonly Membership[]
    },
    act: Act,
  ): Promise<Ticket | undefined>

  /** An earlier one for the same store works no more (T12). */
  addHandshake(handshake: Handshake): Promise<void>
  /** Once: of two browsers that come back with the same, one gets it. Undefined: there is none, or it is over. */
  takeHandshake(digest: string, now: number): Promise<Handshake | undefined>

  tokens(workspaceId: string): Promise<readonly Token[]>
  /** By its digest, or its former one. */
  tokenOf(digest: string): Promise<Token | undefined>
  addToken(token: Token, act: Act): Promise<void>
  /** False: there is no such token. */
  rollToken(
    workspaceId: string,
    id: string,
    digest: string,
    formerUntil: number,
    act: Act,
  ): Promise<boolean>
  seeToken(workspaceId: string, id: string, at: number): Promise<void>
  endToken(workspaceId: string, id: string, act: Act): Promise<boolean>

  /** Takes the place of an earlier one of the same caller. */
  putReveal(reveal: Reveal, act: Act): Promise<void>
  reveal(workspaceId: string, callerId: string, now: number): Promise<Reveal | undefined>

  /** For what changes nothing here and is to be remembered all the same. */
  note(act: Act): Promise<void>
  /** Newest first; `before` pages on. */
  acts(
    workspaceId: string,
    page: {
      readonly limit: number
      readonly before?: number
      /** Only acts that begin with it: `member` for `member.role` and its like. */
      readonly about?: string | undefined
      /** Only those of this member or token. */
      readonly by?: string | undefined
    },
  ): Promise<readonly AuditRow[]>
  verifyActs(workspaceId: string): Promise<AuditCheck>

  /** Undefined: the key is new, and now this caller's; else what came of it. Forgets what is older than `since`. */
  claimRepeat(
    workspaceId: string,
    digest: string,
    repeat: Omit<Repeat, 'answer'>,
    since: number,
  ): Promise<Repeat | undefined>
  /** Answer undefined: the key is free again. */
  keepRepeat(workspaceId: string, digest: string, answer: Repeat['answer']): Promise<void>

  /** Forgets links, carts and looks at people that ended, sessions last seen and repeats answered before then. */
  tidy(before: number): Promise<void>
}
