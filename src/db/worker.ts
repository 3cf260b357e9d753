import { parentPort, workerData } from 'node:worker_threads'
import { openAccess } from './access.ts'
import { openCarts } from './cart.ts'
import { openConfig } from './config.ts'
import { openGroup } from './group.ts'
import { openFlatJournal } from './journal.ts'
import { migrate } from './migrate.ts'
import { SeenRuns } from './seen-runs.ts'
import { openSqlite } from './sqlite.ts'
import { openWatch } from './watch.ts'
import { type Answer, batched, type Call, type ThreadOptions, wired } from './wire.ts'

/** The database's own thread: its calls block, and here they block nobody who receives or delivers. */

if (parentPort === null) throw new Error('db/worker.ts is started by db/index.ts, not by itself.')
const port = parentPort
const send = batched<Answer>((answers) => port.postMessage(answers))

const { file, ...options } = workerData as ThreadOptions
try {
  const db = openSqlite(file, options)
  await migrate(db)
  const seen = await SeenRuns.open(db)
  const group = openGroup(db, seen)
  const parts: Readonly<Record<Call[1], object>> = {
    journal: openFlatJournal(db, group, seen),
    config: openConfig(db, group),
    watch: openWatch(db),
    access: openAccess(db, group),
    carts: openCarts(db, group),
    thread: {
      /** Answers once everything asked for before is committed. */
      async close() {
        await group.drain()
        await db.close()
      },
    },
  }

  const answer = async ([id, part, method, args]: Call): Promise<void> => {
    try {
      const call = (parts[part] as Readonly<Record<string, (...args: unknown[]) => unknown>>)[
        method
      ]
      if (call === undefined) throw new Error(`The database's thread has no ${part}.${method}.`)
      send([id, true, await call(...args)])
    } catch (error) {
      send([id, false, wired(error)])
    }
  }
  port.on('message', (calls: readonly Call[]) => {
    for (const call of calls) void answer(call)
  })
  send([0, true, undefined])
} catch (error) {
  send([0, false, wired(error)])
}
