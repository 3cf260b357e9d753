import { Problem } from './problem.ts'

const format = 1
const parts = ['workspace', 'stores', 'sources', 'destinations', 'connections']

/** Throws a `Problem` where what is to be imported is no configuration, of another format, or not all of one. */
export function needConfiguration(body: unknown): void {
  const file =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? new Map<string, unknown>(Object.entries(body))
      : new Map<string, unknown>()
  if (file.get('tillpost') !== 'configuration') {
    throw wrong(
      '/tillpost',
      'This is no configuration of Tillpost: it has no "tillpost": "configuration". Give a file that `tillpost config export` wrote, or that was downloaded under Settings.',
    )
  }
  const given = file.get('format')
  if (given !== format) {
    throw wrong(
      '/format',
      typeof given === 'number' && given > format
        ? `The file has the format ${given}, and this version of Tillpost reads format ${format}. Import it with a newer version.`
        : `The file does not say "format": ${format}, which this version of Tillpost reads. Export it again.`,
    )
  }
  const missing = parts.filter((name) => !file.has(name))
  if (missing.length > 0) {
    throw wrong(
      `/${missing[0]}`,
      `The file lacks ${missing.join(', ')}. Export it again, or add what is missing: an empty list where there are none.`,
    )
  }
}

function wrong(pointer: string, message: string): Problem {
  return new Problem(400, 'no_configuration', message, {
    errors: [{ pointer: `/body${pointer}`, message }],
  })
}
