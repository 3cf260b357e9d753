import { Command } from 'commander'
import { readPort } from '../server/environment.ts'
import { freePort } from '../server/port.ts'
import { startSimulator } from '../simulator/index.ts'
import { interrupted } from './interrupt.ts'
import { bold, note, print } from './terminal.ts'

interface SimulatorOptions {
  readonly port: string
  readonly key: string
}

export const simulatorCommand = new Command('simulator')
  .description('Run a Klaviyo to test against: its answers, limits and errors, on this machine')
  .option('--port <port>', 'port to listen on; the next free one if it is busy', '4402')
  .option('--key <key>', 'the private key that it knows', 'pk_simulated')
  .addHelpText(
    'after',
    `
Keeps everything in memory until it is stopped.

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
  })
  const { id } = simulator.account()
  print(`The simulator is at ${bold(simulator.url)} (Ctrl-C stops it)`)
  print(`  Private key  ${options.key}`)
  print(`  Account      ${id}`)
  await stop
  await simulator.close()
}
