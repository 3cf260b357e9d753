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
  Watch,
} from '../../core/index.ts'
import type { OidcSettings } from '../oidc/provider.ts'

/** What the admin API works with. */
export interface AdminParts {
  readonly journal: Journal
  readonly config: Setup
  readonly access: Access
  readonly engine: Engine
  readonly watch: Watch
  readonly secrets: Secrets
  readonly klaviyo: KlaviyoDoor
  readonly clock: Clock
  readonly kit: Kit
  readonly log: Log
  readonly ids: Ids
  /** Where people reach this server, for links: `https://tillpost.example`. */
  readonly publicUrl: () => string
  /** This process, as the others know it. */
  readonly nodeId: string
  /** Another address than Klaviyo's, for a simulator. */
  readonly klaviyoUrl?: string | undefined
  /** Whom people ask for help; an address of a page or of mail. */
  readonly support?: string | undefined
  /** By whom members may sign in, beside their passwords. */
  readonly oidc?: OidcSettings | undefined
}

export interface Ids {
  /** A prefix that says of what, and a ULID. */
  newId(prefix: string, now: number): string
  newWriteKey(): string
  newBrowserKey(): string
}
