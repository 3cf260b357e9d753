import { Worker } from 'node:worker_threads'
import { JournalUnavailable } from '../core/index.ts'
import { type Answer, batched, type Call, type ThreadOptions, unwired } from './wire.ts'

/** The database's thread, as the main thread calls it. */
export interface Thread {
  call(part: Call[1], method: string, args: readonly unknown[]): Promise<unknown>
  /** Everything asked for before is committed first. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

// The compiler does not rewrite what `new URL` names.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

export async function startThread(options: ThreadOptions): Promise<Thread> {
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: options,
    // Flags of the main program, `--eval` for one, are not the thread's.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  })
  const waiting = new Map<number, Waiting>()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const post = batched<Call>((calls) => worker.postMessage(calls))
  let lastId = 0
  let over: Error | undefined

  worker.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) {
      const [id, ok, result] = answer
      const asked = waiting.get(id)
      waiting.delete(id)
      if (ok) asked?.resolve(result)
      else asked?.reject(unwired(result))
    }
  })
  const end = (error: Error): void => {
    over ??= error
    for (const { reject } of waiting.values()) reject(over)
    waiting.clear()
  }
  worker.on('error', (error) => {
    const why = error instanceof Error ? error.message : String(error)
    end(new JournalUnavailable(`The database's thread ended: ${why} Start Tillpost again.`))
  })
  worker.on('exit', () => end(new JournalUnavailable('The database is closed.')))

  const ready = new Promise<unknown>((resolve, reject) => {
    waiting.set(0, { resolve, reject })
  })
  try {
    await ready
  } catch (error) {
    await worker.terminate()
    throw error
  }

  const call: Thread['call'] = (part, method, args) =>
    new Promise((resolve, reject) => {
      if (over !== undefined) return reject(over)
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      post([lastId, part, method, args])
    })
  return {
    call,
    async close() {
      if (over !== undefined) return
      const closed = call('thread', 'close', [])
      over = new JournalUnavailable('The database is closed.')
      await closed
      await worker.terminate()
    },
  }
}
