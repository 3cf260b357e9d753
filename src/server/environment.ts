import { isIP } from 'node:net'
import { join, resolve } from 'node:path'

/** What the environment variables say, checked. */
export interface Environment {
  /** The folder of the keys, and of the SQLite database where there is no other. */
  readonly dataDir: string
  /** A PostgreSQL database that several nodes may share; undefined: an SQLite file in the data folder. */
  readonly databaseUrl?: string
  readonly host: string
  /** Given: exactly this one. Else 4400, or the next one that is free. */
  readonly port: { readonly number: number; readonly given: boolean }
  /** The key ring; undefined: it stands in a file. */
  readonly keys?: string
  /** That file, which nodes may share; undefined: `keys` in the data folder. */
  readonly keysFile?: string
  /** The app registered with Klaviyo, by which stores are connected without a key. */
  readonly klaviyoApp?: { readonly clientId: string; readonly clientSecret: string }
  /** The OpenID Connect provider by which members may sign in, and its name on the button. */
  readonly oidc?: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecret: string
    readonly name: string
  }
  /** Whom people ask for help: an address of a page or of mail, shown where something went wrong. */
  readonly support?: string
  /** Instead of Klaviyo itself: a simulator. */
  readonly klaviyoUrl?: string
  readonly logLevel: LogLevel
  /** Who shows it may read /metrics from another machine; undefined: nobody may. */
  readonly metricsToken?: string
  /** Where people reach this server, for links; undefined: where it listens. */
  readonly publicUrl?: string
  /** Networks (CIDR) of proxies whose word about addresses and https is taken. */
  readonly trustedProxies?: readonly string[]
}

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** What is wrong with the configuration, and what to do. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Throws `ConfigurationError` on the first variable that cannot be used. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const databaseUrl = databaseUrlOf(text(env.DATABASE_URL))
  const keys = text(env.TILLPOST_KEYS)
  const keysFile = text(env.TILLPOST_KEYS_FILE)
  const klaviyoUrl = klaviyoUrlOf(text(env.KLAVIYO_BASE_URL))
  const metricsToken = metricsTokenOf(text(env.TILLPOST_METRICS_TOKEN))
  const trustedProxies = proxiesOf(text(env.TILLPOST_TRUSTED_PROXIES))
  const publicUrl = publicUrlOf(text(env.TILLPOST_PUBLIC_URL))
  const klaviyoApp = appOf(text(env.KLAVIYO_CLIENT_ID), text(env.KLAVIYO_CLIENT_SECRET))
  const oidc = oidcOf(env)
  const support = supportOf(text(env.TILLPOST_SUPPORT))
  return {
    dataDir: resolve(text(env.TILLPOST_DATA) ?? 'data'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    host: text(env.TILLPOST_HOST) ?? '127.0.0.1',
    port: portOf(text(env.TILLPOST_PORT)),
    ...(keys === undefined ? {} : { keys }),
    ...(keysFile === undefined ? {} : { keysFile: resolve(keysFile) }),
    ...(klaviyoUrl === undefined ? {} : { klaviyoUrl }),
    logLevel: logLevelOf(text(env.TILLPOST_LOG)),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(klaviyoApp === undefined ? {} : { klaviyoApp }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(support === undefined ? {} : { support }),
    ...(trustedProxies.length === 0 ? {} : { trustedProxies }),
  }
}

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'tillpost.db')
}

const defaultPort = 4400

function portOf(given: string | undefined): Environment['port'] {
  if (given === undefined) return { number: defaultPort, given: false }
  return { number: readPort(given, 'TILLPOST_PORT'), given: true }
}

/** @param name of the variable or option, for the message */
export function readPort(given: string, name: string): number {
  const number = Number(given)
  if (!/^\d+$/u.test(given) || number > 65_535) {
    throw new ConfigurationError(
      `${name} is ${JSON.stringify(given)}; it must be a number from 0 to 65535.`,
    )
  }
  return number
}

function databaseUrlOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const url = URL.parse(given)
  if (url === null || !/^postgres(?:ql)?:$/u.test(url.protocol)) {
    // Not what it is: there may be a password in it.
    throw new ConfigurationError(
      'DATABASE_URL is no address of a PostgreSQL database; it has to look like ' +
        'postgres://user:password@host:5432/database. Unset it to keep everything in an SQLite file in TILLPOST_DATA.',
    )
  }
  return given
}

function klaviyoUrlOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const url = URL.parse(given)
  if (url === null || !isEncrypted(url)) {
    throw new ConfigurationError(
      `KLAVIYO_BASE_URL is ${JSON.stringify(given)}; it must be an https:// address, or an http:// one ` +
        'on this machine. Keys never travel unencrypted.',
    )
  }
  return url.origin
}

/** Or never leaves this machine. */
function isEncrypted({ protocol, hostname }: URL): boolean {
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isHere)
}

function metricsTokenOf(given: string | undefined): string | undefined {
  if (given !== undefined && given.length < 16) {
    throw new ConfigurationError(
      'TILLPOST_METRICS_TOKEN is too short to be a secret; make one with `openssl rand -base64 32`.',
    )
  }
  return given
}

function publicUrlOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const url = URL.parse(given)
  if (url === null || !/^https?:$/u.test(url.protocol) || url.username !== '') {
    throw new ConfigurationError(
      `TILLPOST_PUBLIC_URL is ${JSON.stringify(given)}; it must be the address under which people reach this ` +
        'server, as https://tillpost.example.com.',
    )
  }
  return url.origin
}

function appOf(
  clientId: string | undefined,
  clientSecret: string | undefined,
): Environment['klaviyoApp'] {
  if (clientId === undefined && clientSecret === undefined) return undefined
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigurationError(
      'KLAVIYO_CLIENT_ID and KLAVIYO_CLIENT_SECRET belong together: set both, or neither. Klaviyo shows them ' +
        'under Integrations, Manage apps.',
    )
  }
  return { clientId, clientSecret }
}

function oidcOf(env: NodeJS.ProcessEnv): Environment['oidc'] {
  const issuer = text(env.TILLPOST_OIDC_ISSUER)
  const clientId = text(env.TILLPOST_OIDC_CLIENT_ID)
  const clientSecret = text(env.TILLPOST_OIDC_CLIENT_SECRET)
  const name = text(env.TILLPOST_OIDC_NAME)
  const isUnset = [issuer, clientId, clientSecret, name].every((value) => value === undefined)
  if (isUnset) return undefined
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new ConfigurationError(
      'TILLPOST_OIDC_ISSUER, TILLPOST_OIDC_CLIENT_ID and TILLPOST_OIDC_CLIENT_SECRET belong together: set all ' +
        'three, or none. Your identity provider shows them where Tillpost is registered with it.',
    )
  }
  const url = URL.parse(issuer)
  const isPlain = url !== null && url.search + url.hash + url.username + url.password === ''
  if (!isPlain || !isEncrypted(url)) {
    throw new ConfigurationError(
      `TILLPOST_OIDC_ISSUER is ${JSON.stringify(issuer)}; it must be the https:// address of your identity ` +
        'provider (http:// only on this machine), without a query: the `issuer` that it publishes below ' +
        '/.well-known/openid-configuration.',
    )
  }
  return { issuer, clientId, clientSecret, name: name ?? url.hostname }
}

function supportOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const address = /^[^\s@]+@[^\s@]+$/u.test(given) ? `mailto:${given}` : given
  if (!/^(?:https?|mailto):$/u.test(URL.parse(address)?.protocol ?? '')) {
    throw new ConfigurationError(
      `TILLPOST_SUPPORT is ${JSON.stringify(given)}; it must be an email address or the https:// address of a page.`,
    )
  }
  return address
}

function proxiesOf(given: string | undefined): readonly string[] {
  const networks = (given ?? '').split(/[\s,]+/u).filter((network) => network !== '')
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    const family = isIP(address)
    if (family === 0 || !/^\d+$/u.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) {
      throw new ConfigurationError(
        `TILLPOST_TRUSTED_PROXIES holds ${JSON.stringify(network)}; it must be a list of networks, as 10.0.0.0/8.`,
      )
    }
  }
  return networks
}

function logLevelOf(given: string | undefined): LogLevel {
  const level = logLevels.find((name) => name === (given ?? 'info'))
  if (level === undefined) {
    throw new ConfigurationError(
      `TILLPOST_LOG is ${JSON.stringify(given)}; it must be one of ${logLevels.join(', ')}.`,
    )
  }
  return level
}

/** An empty variable is one that is not set. */
function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}
