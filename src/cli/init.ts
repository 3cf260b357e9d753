import { cancel, intro, isCancel, outro, password } from '@clack/prompts'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { PresetName } from '../core/index.ts'
import { metricsSent, presets, settingsOf } from '../core/index.ts'
import { findDoubles } from '../klaviyo/index.ts'
import { systemClock } from '../server/clock.ts'
import { readEnvironment } from '../server/environment.ts'
import type { Environment } from '../server/environment.ts'
import { checkKey } from '../server/key.ts'
import { kit } from '../server/kit.ts'
import type { CheckedKey } from '../server/key.ts'
import { rememberAddress, withAddress } from '../server/klaviyo-address.ts'
import { openData } from '../server/open-data.ts'
import { changeKey, installationOf, machineZone, setUp } from '../server/setup.ts'
import type { Installation } from '../server/setup.ts'
import { Failure } from './failure.ts'
import { readDemoMark } from './demo-mark.ts'
import { bold, note, print, printJson, yellow } from './terminal.ts'

interface InitOptions {
  readonly name: string
  readonly preset: PresetName
  readonly domain?: string
  readonly country?: string
  readonly currency?: string
  readonly timeZone: string
  readonly publicKey?: string
  readonly simulator?: string
  readonly newKey?: true
  readonly json?: true
}

export const initCommand = new Command('init')
  .description('Connect a store to a Klaviyo account: checks the key and keeps it encrypted')
  .option('--name <name>', 'the store’s name', 'My store')
  .addOption(
    new Option('--preset <preset>', 'what is sent, and how')
      .choices(Object.keys(presets))
      .default('storefront'),
  )
  .option('--domain <domain>', 'the store’s domain')
  .option(
    '--country <code>',
    'ISO 3166: reads phone numbers without a country code, as DE',
    codeReader('region', 'a country’s code of two letters, as DE'),
  )
  .option(
    '--currency <code>',
    'ISO 4217: for amounts that name no currency, as EUR',
    codeReader('currency', 'a currency’s code of three letters, as EUR'),
  )
  .option(
    '--time-zone <name>',
    'IANA: whose clock its times are shown by, as Europe/Berlin (this machine’s unless told)',
    readZone,
    machineZone(),
  )
  .option('--public-key <id>', 'the account’s id, for a private key without accounts:read')
  .option('--simulator <url>', 'ask a simulator instead of Klaviyo (as KLAVIYO_BASE_URL does)')
  .option('--new-key', 'put a new key in the place of the one that is there')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    `
The private key comes from KLAVIYO_PRIVATE_KEY, or is asked for. Make one in Klaviyo under Settings, API keys,
with full access or at least events:write and profiles:write. A second init changes nothing and says what exists.

Examples:
  tillpost init --name "Fernweh" --country DE --currency EUR
  KLAVIYO_PRIVATE_KEY=pk_… tillpost init --preset stream
  tillpost init --new-key
`,
  )
  .action(init)

/** A wrong code would be noticed late: by phone numbers and currencies that are left out. */
function codeReader(type: 'region' | 'currency', wanted: string): (given: string) => string {
  const known = new Intl.DisplayNames('en', { type, fallback: 'none' })
  const length = type === 'region' ? 2 : 3
  return (given) => {
    const code = given.trim().toUpperCase()
    const isCode = /^[A-Z]+$/u.test(code) && code.length === length && known.of(code) !== undefined
    if (!isCode) throw new InvalidArgumentError(`It must be ${wanted}.`)
    return code
  }
}

function readZone(given: string): string {
  try {
    Intl.DateTimeFormat('en', { timeZone: given.trim() })
    return given.trim()
  } catch {
    throw new InvalidArgumentError('It must be a time zone, as Europe/Berlin.')
  }
}

async function init(options: InitOptions): Promise<void> {
  const given = readEnvironment(process.env)
  const environment =
    options.simulator === undefined
      ? withAddress(given)
      : readEnvironment({ ...process.env, KLAVIYO_BASE_URL: options.simulator })
  if (readDemoMark(environment.dataDir) !== undefined) {
    throw new Failure(
      `${environment.dataDir} holds the demo. Choose another folder with TILLPOST_DATA, or remove that one.`,
    )
  }
  const data = await openData(environment, (line) => note(line))
  try {
    const { config, secrets } = data
    const there = await installationOf(config)
    if (there !== undefined && options.newKey !== true) {
      tell(there, options, 'This was set up before, and is unchanged:')
      return
    }
    const key = await askForKey(environment, options)
    for (const warning of key.warnings) note(yellow(warning))
    if (there === undefined)
      for (const line of await twice(environment, options, key)) note(yellow(line))
    if (there === undefined) {
      const { name, ...rest } = options
      rememberAddress(environment.dataDir, environment.klaviyoUrl)
      const made = await setUp(config, secrets, { ...rest, storeName: name, key }, Date.now())
      tell(made, options, 'Set up:')
      return
    }
    if (key.accountId !== there.destination.accountId) {
      throw new Failure(
        `That key belongs to another Klaviyo account (${key.account?.name ?? key.accountId}) than the one ` +
          `connected here (${there.destination.accountName ?? there.destination.accountId}). It was not saved.`,
      )
    }
    await changeKey(config, secrets, there, key, Date.now())
    rememberAddress(environment.dataDir, environment.klaviyoUrl)
    tell(there, options, 'The new key is in place; what was held goes on with the next start:')
  } finally {
    await data.close()
  }
}

async function askForKey(
  { klaviyoUrl }: Environment,
  { publicKey }: InitOptions,
): Promise<CheckedKey> {
  const key = process.env.KLAVIYO_PRIVATE_KEY?.trim() ?? ''
  return checkKey(key === '' ? await promptForKey() : key, {
    publicKey,
    klaviyoUrl,
    clock: systemClock,
  })
}

/** Whom the account gets the same from already; asked before anything is connected. */
async function twice(
  { klaviyoUrl }: Environment,
  { preset }: InitOptions,
  { key }: CheckedKey,
): Promise<readonly string[]> {
  const now = Date.now()
  const reader = {
    auth: { type: 'key', key },
    clock: systemClock,
    ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
  } as const
  const names = metricsSent(settingsOf(preset), kit)
  const read = await findDoubles(reader, { names, since: now, now })
  // It is a warning: what cannot be asked keeps nobody from connecting.
  if (read.type !== 'found') return []
  return read.value.map(
    ({ integration, name, metrics }) =>
      `${integration === 'api' ? 'Another private key' : name} sends ${metrics.join(', ')} to this account too: ` +
      'reports would count them twice. Switch them off there or here.',
  )
}

async function promptForKey(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Failure(
      'A private key is needed. Set KLAVIYO_PRIVATE_KEY, or run this in a terminal to be asked for it.',
      2,
    )
  }
  intro('Connect to Klaviyo')
  const key = await password({
    message: 'Private key (Klaviyo: Settings, API keys)',
    validate: (text) => (text === undefined || text.trim() === '' ? 'Paste the key.' : undefined),
  })
  if (isCancel(key)) {
    cancel('Nothing was changed.')
    throw new Failure('', 1)
  }
  outro('Asking Klaviyo about it')
  return key.trim()
}

function tell(installation: Installation, { json }: InitOptions, head: string): void {
  const { storeName, source, destination, connection } = installation
  const account = destination.accountName ?? destination.accountId
  if (json === true) {
    printJson({
      store: storeName,
      writeKey: source.writeKey,
      browserKey: source.browserKey,
      account,
      accountId: destination.accountId,
      preset: connection.settings.preset,
      since: new Date(connection.since).toISOString(),
    })
    return
  }
  print(head)
  print(`  Store           ${bold(storeName)}`)
  print(`  Write key       ${bold(source.writeKey)}  for the shop’s server; keep it secret`)
  print(`  Browser key     ${bold(source.browserKey ?? '')}  for the shop’s pages`)
  print(`  Klaviyo account ${bold(account)} (${destination.accountId})`)
  print(`  Preset          ${connection.settings.preset}`)
  print(`  Live since      ${new Date(connection.since).toISOString()}`)
  print('Start with `tillpost serve`.')
}
