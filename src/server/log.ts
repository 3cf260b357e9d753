import { pino } from 'pino'
import type { LogLevel } from './environment.ts'
import { scrub } from './scrub.ts'

/**
 * One JSON line a record on stdout, or in `file`. What people and keys are called never gets into it: the
 * code does not hand it over, and what would slip through by name is taken out here.
 */
export function openLog({
  level,
  file,
}: {
  readonly level: LogLevel
  readonly file?: string
}): pino.Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: personal.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
      formatters: { level: (label) => ({ level: label }) },
      // What a library wrote into the text of an error.
      hooks: { streamWrite: scrub },
    },
    pino.destination({ dest: file ?? 1, sync: true, mkdir: true }),
  )
}

const personal = [
  'authorization',
  'cookie',
  'email',
  'key',
  'keys',
  'phone',
  'phone_number',
  'privateKey',
  'secret',
  'password',
  'token',
  'traits',
  'writeKey',
]
