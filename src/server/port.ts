import { createServer } from 'node:net'
import { ConfigurationError } from './environment.ts'

/**
 * The port to listen on: the one asked for, or the next that is free. With `given` it is that one or a
 * `ConfigurationError`: whoever names a port counts on it.
 */
export async function freePort(
  host: string,
  { number, given }: { readonly number: number; readonly given: boolean },
): Promise<number> {
  if (number === 0) return 0
  const last = Math.min(number + 50, 65_535)
  for (let port = number; port <= last; port += 1) {
    const problem = await problemWith(host, port)
    if (problem === undefined) return port
    if (problem !== 'EADDRINUSE' || given) {
      throw new ConfigurationError(
        problem === 'EADDRINUSE'
          ? `Port ${port} is in use by another program. Stop it, or choose another port.`
          : `Cannot listen on ${host}, port ${port}: ${problem}.`,
      )
    }
  }
  throw new ConfigurationError(`Ports ${number} to ${last} are all in use. Choose another one.`)
}

function problemWith(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)))
  })
}
