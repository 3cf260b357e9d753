import { Command } from 'commander'
import { readPort } from '../server/environment.ts'
import { freePort } from '../server/port.ts'
import { startSimulator } from '../simulator/index.ts'
import { interrupted } from './interrupt.ts'
import { bold, note, print } from './terminal.ts'

interface SimulatorOptions {
  readonly port: string
  readonly key: string
  readonly state?: string
  readonly redirect: readonly string[]
}

export const simulatorCommand = new Command('simulator')
  .description('Run a Klaviyo to test against: its answers, limits and errors, on this machine')
  .option('--port <port>', 'port to listen on; the next free one if it is busy', '4402')
  .option('--key <key>', 'the private key that it knows', 'pk_simulated')
  .option('--state <file>', 'a file that keeps what it holds for the next start')
  .option(
    '--redirect <url>',
    'register an OAuth app that may send people back to this address; may be repeated',
    (url: string, before: readonly string[]) => [...before, url],
    [],
  )
  .addHelpText(
    'after',
    `
Its page shows what it holds, and has switches for faults. Without --state everything is kept in memory
until it is stopped.

Example, in two terminals:
  tillpost simulator
  KLAVIYO_PRIVATE_KEY=pk_simulated tillpost init --simulator http://127.0.0.1:4402
`,
  )
  .action(simulate)

async function simulate(options: SimulatorOptions): Promise<void> {
  const stop = interrupted()
  const asked = readPort(options.port, '--port')
  const port = await freePort('127.0.0.1', { number: asked, given: false })
  if (port !== asked) note(`Port ${asked} is busy: using ${port}.`)
  const simulator = await startSimulator({
    port,
    // Always the same account, so that what is connected to it finds it again after a restart.
    accounts: [{ id: 'SIMUL8', name: 'Simulated account', privateKey: options.key }],
    ...(options.state === undefined ? {} : { stateFile: options.state }),
  })
  const { id } = simulator.account()
  print(`The simulator is at ${bold(simulator.url)} (Ctrl-C stops it)`)
  print(`  Private key  ${options.key}`)
  print(`  Account      ${id}`)
  if (options.redirect.length > 0) {
    const { clientId, clientSecret } = simulator.addApp({
      clientId: 'simulated',
      clientSecret: 'simulated-secret',
      name: 'Tillpost',
      redirectUris: options.redirect,
    })
    print(`  OAuth app    ${clientId}, secret ${clientSecret}`)
  }
  await stop
  await simulator.close()
}
