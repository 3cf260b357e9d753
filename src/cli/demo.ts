import { existsSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { type Standing, totalsOf } from '../core/index.ts'
import { enterLink } from '../server/enter-link.ts'
import { databaseFile, readEnvironment, readPort } from '../server/environment.ts'
import type { Environment } from '../server/environment.ts'
import { openLog } from '../server/log.ts'
import { makeDataFolder } from '../server/open-data.ts'
import { freePort } from '../server/port.ts'
import { findPresence } from '../server/presence.ts'
import { installationOf, machineZone, setUp } from '../server/setup.ts'
import type { Installation } from '../server/setup.ts'
import { startServer } from '../server/start.ts'
import type { Server } from '../server/start.ts'
import { startShop } from '../shop/index.ts'
import { startSimulator } from '../simulator/index.ts'
import type { Simulator } from '../simulator/index.ts'
import { readDemoMark, writeDemoMark } from './demo-mark.ts'
import { Failure } from './failure.ts'
import { interrupted } from './interrupt.ts'
import { postEvents } from './post-events.ts'
import { startProgress } from './progress.ts'
import { readShoppingDay } from './shopping-day.ts'
import { summaryLines } from './summary.ts'
import { bold, counted, cyan, dim, print } from './terminal.ts'

interface DemoOptions {
  readonly port?: string
  readonly reset?: true
}

export const demoCommand = new Command('demo')
  .description('Try everything without a Klaviyo account: plays a shopping day against a simulator')
  .option('--port <port>', 'port to listen on; the next free one if it is busy')
  .option('--reset', 'forget the demo’s data and begin anew')
  .addHelpText(
    'after',
    `
Keeps its data in the data folder (./data). The recorded day is played once; a later start goes on where the
last one stopped.

Examples:
  npm start
  npm start -- --reset
  tillpost demo --port 8080
`,
  )
  .action(demo)

async function demo(options: DemoOptions): Promise<void> {
  const stop = interrupted()
  const environment = demoEnvironment(options)
  const { dataDir } = environment
  if (options.reset === true) reset(dataDir)
  const mark = readDemoMark(dataDir)
  if (mark === undefined && existsSync(databaseFile(dataDir))) {
    throw new Failure(
      `${dataDir} holds a real store, so the demo does not touch it. Run it elsewhere: ` +
        'TILLPOST_DATA=./demo npm start. To run the store: tillpost serve.',
    )
  }

  print()
  const simulator = await startDemoKlaviyo(environment)
  const server = await startServer({
    environment: { ...environment, klaviyoUrl: simulator.url },
    log: openLog({ level: environment.logLevel, file: join(dataDir, 'tillpost.log') }),
    // A demo's key file is nothing to keep a copy of.
    notice: (line) => void (line.startsWith('Port') && print(dim(`  ${line}`))),
  })
  if (mark === undefined) writeDemoMark(dataDir, {})
  const installation = await demoInstallation(server, simulator)
  const { writeKey, browserKey = '' } = installation.source
  const shopPort = await freePort('127.0.0.1', { number: portAfter(environment, 4), given: false })
  const shop = await startShop({ port: shopPort, tillpostUrl: server.url, writeKey, browserKey })
  const { workspaceId, store } = installation.connection
  const cartUrl = `${shop.url}/cart?rebuild={token}`
  await server.config.changeStore(workspaceId, store.id, { cartUrl })
  const here = server.url.replace('127.0.0.1', 'localhost')
  const link = await enterLink(server, environment.publicUrl ?? here, Date.now())
  print(`  Tillpost   ${bold(cyan(link ?? `${here}/admin`))}`)
  if (link !== undefined) {
    print(dim('             This link signs you in, once. The next start prints another one.'))
  }
  print(`  "Klaviyo"  ${bold(cyan(simulator.url))}  ${dim('simulated: no account needed')}`)
  print(
    `  Shop       ${bold(cyan(shop.url))}  ${dim('walk around: its drawer shows what Klaviyo hears')}`,
  )
  print()

  // Ctrl-C in the middle of the day: what was sent is kept, the rest follows with the next start.
  const abort = new AbortController()
  const showing = show(server, installation, {
    dataDir,
    playedAt: mark?.playedAt,
    abort: abort.signal,
  })
  await Promise.race([showing.then(() => stop), stop])
  abort.abort()
  print()
  print(dim('  Stopping: finishing what is under way.'))
  await shop.close()
  await server.stop()
  await simulator.close()
  print(
    dim(`  Stopped. Everything is kept in ${folderName(dataDir)}; npm start goes on from here.`),
  )
  process.exit(0)
}

interface Showing {
  readonly dataDir: string
  readonly playedAt: string | undefined
  readonly abort: AbortSignal
}

/** Plays the day if it was not played yet, and says what became of everything. */
async function show(
  server: Server,
  installation: Installation,
  { dataDir, playedAt, abort }: Showing,
): Promise<void> {
  let taken: number | undefined
  if (playedAt === undefined) taken = await play(server, installation, dataDir, abort)
  else await goOn(server, installation, playedAt, abort)
  if (abort.aborted) return
  const standing = await standingOf(server, installation)
  const refused = await server.journal.refusedCounts(installation.source.workspaceId)
  const repeated = taken === undefined ? 0 : taken - standing.head
  print()
  const totals = totalsOf([standing])
  for (const line of summaryLines(totals, standing.counts, refused, repeated)) print(line)
  print()
  for (const line of invitation(server, installation, dataDir)) print(line)
}

/** Resolves with how many events the server took. */
async function play(
  server: Server,
  installation: Installation,
  dataDir: string,
  abort: AbortSignal,
): Promise<number> {
  const { events, shoppers } = await readShoppingDay(Date.now())
  const total = events.length
  print(
    `  Playing a recorded shopping day: ${counted(total, 'event')} of ${counted(shoppers, 'shopper')}`,
  )
  print()
  const sending = startProgress({ label: 'Sending   ', total, unit: 'events' })
  const target = { url: server.url, writeKey: installation.source.writeKey }
  const numbered = events.map((event, index) => ({ number: index + 1, event }))
  const { taken } = await postEvents(target, Readable.from(numbered), (through) =>
    sending.at(through),
  )
  sending.end()
  if (abort.aborted) return taken
  writeDemoMark(dataDir, { playedAt: new Date().toISOString() })
  await settle(server, installation, abort)
  return taken
}

async function goOn(
  server: Server,
  installation: Installation,
  playedAt: string,
  abort: AbortSignal,
): Promise<void> {
  const { waiting } = await standingOf(server, installation)
  const when = new Date(playedAt).toLocaleString('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  const rest = waiting === 0 ? 'nothing was left to send' : `${counted(waiting, 'event')} to send`
  print(`  Going on from the last run: the shopping day was played on ${when}, ${rest}.`)
  if (waiting > 0) await settle(server, installation, abort)
}

/** Waits until nothing is left that could be sent, and shows how far it is. */
async function settle(
  server: Server,
  installation: Installation,
  abort: AbortSignal,
): Promise<void> {
  const { waiting: total } = await standingOf(server, installation)
  const delivering = startProgress({ label: 'Delivering', total, unit: 'events' })
  const ended = server.idle().then(() => true)
  while (!(await Promise.race([ended, sleep(100, false)]))) {
    const { waiting } = await standingOf(server, installation)
    delivering.at(Math.max(0, total - waiting))
    if (abort.aborted) return
  }
  if (abort.aborted) return
  delivering.at(total)
  delivering.end()
}

function standingOf({ journal }: Server, { connection }: Installation): Promise<Standing> {
  const { workspaceId, id, sourceId } = connection
  return journal.standing({ workspaceId, connectionId: id, sourceId, lane: 'live' })
}

function invitation({ url }: Server, { source }: Installation, dataDir: string): readonly string[] {
  const event = {
    event: 'Product Viewed',
    userId: 'you',
    context: { traits: { email: 'you@shopper.example' } },
    properties: { name: 'Ridge Hiking Boot', price: 149 },
  }
  return [
    '  Send one of your own:',
    '',
    `  curl ${url}/v1/track -u ${source.writeKey}: -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(event)}'`,
    '',
    `  Then look at ${bold(url)}${dim(`, or at the log in ${folderName(dataDir)}/tillpost.log`)}`,
    dim('  Ctrl-C stops; the next start goes on from here. Begin anew: npm start -- --reset'),
  ]
}

function demoEnvironment({ port }: DemoOptions): Environment {
  const environment = readEnvironment(process.env)
  // In a demo no port is worth an error: the next free one does.
  const number = port === undefined ? environment.port.number : readPort(port, '--port')
  // It keeps to its folder, whatever database the real stores are in.
  const { databaseUrl: _, ...own } = environment
  return { ...own, port: { number, given: false } }
}

/** Beside the server's, or any where that is so. */
function portAfter({ port }: Pick<Environment, 'port'>, places: number): number {
  return port.number === 0 ? 0 : Math.min(port.number + places, 65_535)
}

async function startDemoKlaviyo({ dataDir, port }: Environment): Promise<Simulator> {
  makeDataFolder(dataDir)
  const wanted = portAfter({ port }, 2)
  const free = await freePort('127.0.0.1', { number: wanted, given: false })
  if (free !== wanted) print(dim(`  Port ${wanted} is busy: using ${free}.`))
  const simulator = await startSimulator({
    port: free,
    stateFile: join(dataDir, 'klaviyo.jsonl'),
    accounts: [{ id: 'FERNWH', name: 'Fernweh', privateKey: demoKey, currency: 'EUR' }],
  })
  if (!simulator.lists().some(({ id }) => id === 'SPRING')) {
    simulator.account().addList({ id: 'SPRING', name: 'Spring letter' })
  }
  return simulator
}

/** The simulator's, so no secret. */
const demoKey = 'pk_demo'

async function demoInstallation(server: Server, klaviyo: Simulator): Promise<Installation> {
  const there = await installationOf(server.config)
  if (there !== undefined) return there
  const account = klaviyo.account()
  const made = await setUp(
    server.config,
    server.secrets,
    {
      storeName: 'Fernweh',
      preset: 'storefront',
      domain: 'fernweh.example',
      country: 'DE',
      currency: 'EUR',
      timeZone: machineZone(),
      // Nothing to check: the simulator was just opened with it.
      key: { key: demoKey, accountId: account.id, account, warnings: [] },
    },
    Date.now(),
  )
  // So that the shop's banner has something to decide.
  const { workspaceId, id, settings } = made.connection
  const asking = { ...settings, trackingConsent: 'opt-in' } as const
  await server.config.changeSettings(workspaceId, id, asking, Date.now())
  await server.reload()
  return made
}

/** Only what the demo has made. */
function reset(dataDir: string): void {
  if (!existsSync(dataDir)) return
  const running = findPresence(dataDir)
  if (running !== undefined) {
    throw new Failure(`The demo is running at ${running.url}. Stop it first (Ctrl-C there).`)
  }
  if (readDemoMark(dataDir) === undefined) {
    if (!existsSync(databaseFile(dataDir))) return
    throw new Failure(`${dataDir} holds a real store: it is not the demo’s to reset.`)
  }
  const database = databaseFile(dataDir)
  const files = ['demo.json', 'keys', 'klaviyo.jsonl', 'lock.db', 'tillpost.log']
  for (const file of [
    database,
    `${database}-wal`,
    `${database}-shm`,
    ...files.map((name) => join(dataDir, name)),
  ]) {
    rmSync(file, { force: true })
  }
}

function folderName(dataDir: string): string {
  const short = relative('.', dataDir)
  return short.startsWith('..') ? dataDir : `./${short}`
}
