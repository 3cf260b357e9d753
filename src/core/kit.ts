import type { JsonObject } from './event.ts'

/**
 * What `core` needs from packages and the platform. Made once in `server`; `core` itself imports nothing.
 */
export interface Kit {
  /** E.164, or undefined when it is no possible number. `country` (ISO 3166) reads national forms. */
  phone(text: string, country: string | undefined): string | undefined
  /** The domain in ASCII and lower case, or undefined when it is none. */
  domain(text: string): string | undefined
  /** Hex SHA-256. */
  digest(text: string): string
  /** What a JSON Web Token says whose HS256 signature was made with `secret`; else undefined. */
  claims(token: string, secret: string): JsonObject | undefined
  /**
   * Whether a text holds the pattern somewhere, in RE2's language: in time that grows with the text alone. Undefined:
   * it is no pattern, or one too large.
   */
  pattern(text: string): ((text: string) => boolean) | undefined
}
