import type {
  Access,
  Clock,
  Engine,
  Journal,
  Kit,
  KlaviyoDoor,
  Log,
  Secrets,
  Setup,
} from '../../core/index.ts'

/** What the admin API works with. */
export interface AdminParts {
  readonly journal: Journal
  readonly config: Setup
  readonly access: Access
  readonly engine: Engine
  readonly secrets: Secrets
  readonly klaviyo: KlaviyoDoor
  readonly clock: Clock
  readonly kit: Kit
  readonly log: Log
  readonly ids: Ids
  /** Where people reach this server, for links: `https://tillpost.example`. */
  readonly publicUrl: () => string
  /** Whom people ask for help; an address of a page or of mail. */
  readonly support?: string | undefined
}

export interface Ids {
  /** A prefix that says of what, and a ULID. */
  newId(prefix: string, now: number): string
  newWriteKey(): string
  newBrowserKey(): string
}
