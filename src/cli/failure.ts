/** Ends a command with a message for people. `exitCode` 2: it was called wrongly. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What went wrong, in the words of its cause: `fetch` itself only says that it failed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error.cause instanceof Error ? messageOf(error.cause) : error.message
}
