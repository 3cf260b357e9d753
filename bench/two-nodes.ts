import { perSecond, whole } from './figure.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { startProcess } from './process.ts'
import type { Running } from './process.ts'
import type { Circle } from './processes/circle.ts'
import type { Fill } from './processes/fill.ts'
import type { Tillpost } from './processes/tillpost.ts'

const accounts = 400
/** On their way of each account: few enough to go singly, enough for two nodes to be busy. */
const each = 8
/** Klaviyo's answers take so long: as the bar has it, and so long that two processors are enough for two nodes. */
const answers = [200, 400]

/**
 * Single requests to a Klaviyo that takes its time for each: a node waits more than it works, and what it can have
 * under way at once bounds it. Two nodes share the accounts, and both receive.
 */
export const twoNodes: Figure = {
  name: 'nodes',
  async run(bench) {
    const rows: Row[] = []
    for (const answerMs of answers) {
      const one = await measure(bench, 1, answerMs)
      const two = await measure(bench, 2, answerMs)
      const ratio = two.rate / one.rate
      rows.push(
        {
          what: `two nodes, PostgreSQL, singles, answers after ${answerMs} ms`,
          measured: perSecond(two.rate),
          floor: `${perSecond(one.rate)} with one`,
          ratio,
          ...(answerMs === answers[0] ? { bar: '1.9 ×', met: ratio >= 1.9 } : { bar: 'none' }),
        },
        {
          what: '  busy meanwhile: the nodes, the sender and receiver (cores)',
          measured: `${two.nodeCores.toFixed(2)}, ${two.circleCores.toFixed(2)}`,
          floor: `${one.nodeCores.toFixed(2)}, ${one.circleCores.toFixed(2)}`,
          bar: 'none',
        },
      )
    }
    return rows
  },
}

async function measure(bench: Bench, count: number, answerMs: number) {
  const dataDir = bench.folder()
  const databaseUrl = await bench.newDatabase()
  const fill = startProcess<Fill>('fill')
  await fill.make({ dataDir, databaseUrl, shops: accounts })
  await fill.end()
  const circle = startProcess<Circle>('circle')
  const url = await circle.open({ answerMs, shops: accounts })
  const nodes: Running<Tillpost>[] = []
  const ports: number[] = []
  for (let node = 0; node < count; node += 1) {
    const tillpost = startProcess<Tillpost>('tillpost')
    nodes.push(tillpost)
    ports.push(await tillpost.start(dataDir, url, databaseUrl))
  }
  bench.say(`${count === 1 ? 'one node' : `${count} nodes`}: until the accounts are shared`)
  for (let tries = 0; ; tries += 1) {
    const own = await Promise.all(nodes.map((node) => node.accounts()))
    if (own.every((some) => some === accounts / count)) break
    if (tries > 120) throw new Error(`The nodes run ${own.join(' and ')} accounts.`)
    await pause(500)
  }
  await circle.begin(ports, each)
  await pause(6000)
  const cpu = async () => ({
    nodes: (await Promise.all(nodes.map((node) => node.cpu()))).reduce((sum, ms) => sum + ms, 0),
    circle: await circle.cpu(),
  })
  const before = await circle.counted()
  const cpuBefore = await cpu()
  const start = performance.now()
  await pause(bench.full ? 40_000 : 10_000)
  const after = await circle.counted()
  const ms = performance.now() - start
  const cpuAfter = await cpu()
  await circle.cease()
  await Promise.all([...nodes.map((node) => node.end()), circle.end()])
  const requests = after.answered - before.answered
  const bulk = after.inBulk - before.inBulk
  // Now and then more than a few of one account meet, and go together: those are not counted.
  const singles = requests - bulk
  if (bulk * 100 > requests) {
    throw new Error(`${bulk} of ${requests} requests were not of a single event.`)
  }
  bench.say(`  ${whole((singles * 1000) / ms)} requests a second`)
  return {
    rate: (singles * 1000) / ms,
    nodeCores: (cpuAfter.nodes - cpuBefore.nodes) / ms,
    circleCores: (cpuAfter.circle - cpuBefore.circle) / ms,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
