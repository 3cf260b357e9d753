import { startSimulator } from '../../src/simulator/index.ts'
import type { Counters, Fault, FaultOptions, SimulatorOptions } from '../../src/simulator/index.ts'

// The simulator in a process of its own; `klaviyo.ts` asks it over the channel between the two.

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions
const klaviyo = await startSimulator(options)

const calls = {
  where: () => ({ url: klaviyo.url, port: klaviyo.port, key: klaviyo.account().privateKey }),
  /** Until `mend`. */
  fail: (path: string, fault: Fault, how: FaultOptions = {}): void => {
    klaviyo.answer(path, fault, how)
  },
  outage: (ms: number, fault?: Fault): void => klaviyo.outage(ms, fault),
  mend: (): void => klaviyo.clearFaults(),
  /** How many are still to come; those without an end count as one. */
  faultsLeft: (): number => klaviyo.faults().length,
  revokeKey: (key: string): void => klaviyo.revokeKey(key),
  addKey: (key: string): void => klaviyo.account().addKey(key),
  counters: (): Counters => klaviyo.counters(),
  /** The `n` of each person's events of that metric, in the order in which they took effect. */
  seen: (metric: string, prefix = ''): { readonly [email: string]: readonly number[] } => {
    const people: { [email: string]: number[] } = {}
    for (const { profile, properties } of klaviyo.events(metric)) {
      const email = profile.email ?? ''
      if (!email.startsWith(prefix)) continue
      people[email] ??= []
      people[email].push(Number(properties['n']))
    }
    return people
  },
}

export type Calls = typeof calls

interface Question {
  readonly id: number
  readonly name: keyof Calls
  readonly given: readonly unknown[]
}

process.on('message', ({ id, name, given }: Question) => {
  const call = calls[name] as (...all: readonly unknown[]) => unknown
  process.send?.({ id, answer: call(...given) })
})
// Who asks is gone: so are we.
process.on('disconnect', () => process.exit())
process.send?.({ id: 0 })
