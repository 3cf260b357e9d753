import type { PresetName } from './settings.ts'

/** A person on the way to Klaviyo and back, kept until the browser returns. */
export interface Handshake {
  /** Of the `state` that travels along. */
  readonly digest: string
  readonly workspaceId: string
  /** The store that is to be connected. */
  readonly storeId: string
  readonly memberId: string
  /** Only the browser that began may finish. */
  readonly sessionDigest: string
  readonly preset: PresetName
  /** Proves that whoever finishes is who began; sealed. */
  readonly verifier: string
  readonly createdAt: number
  readonly expiresAt: number
}
