/** Structured lines: fields with the ids that lead on, then a sentence. Never an address, key or payload. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
