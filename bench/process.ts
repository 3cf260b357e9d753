import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a process of a bench can be asked for: functions by name, whose arguments and results are plain data. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/** The same functions, called from another process. */
type Remote<M> = {
  readonly [name in keyof M]: M[name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

export type Running<M> = Remote<M> & {
  /** Ends it at once; what it holds open goes with it. */
  end(): Promise<void>
}

interface Asked {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}
type Told =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly text: string }

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts `processes/<file>.ts`. Whoever sends, whoever receives and what is measured each have a process
 * of their own, so that nobody's garbage is counted as another's time.
 */
export function startProcess<M extends Methods>(
  file: string,
  flags: readonly string[] = [],
): Running<M> {
  const child = fork(fileURLToPath(new URL(`./processes/${file}.ts`, import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.add(child)
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  let over: Error | undefined
  child.on('message', (told: Told) => {
    const asked = waiting.get(told.id)
    waiting.delete(told.id)
    if (told.ok) asked?.resolve(told.result)
    else asked?.reject(new Error(`${file}: ${told.text}`))
  })
  const gone = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      running.delete(child)
      over = new Error(`The process ${file} ended (${String(code ?? signal)}).`)
      for (const asked of waiting.values()) asked.reject(over)
      resolve()
    })
  })
  const end = async () => {
    waiting.clear()
    child.kill('SIGKILL')
    await gone
  }
  const call = (name: string, args: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      if (over !== undefined) return reject(over)
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      child.send({ id: lastId, name, args } satisfies Asked)
    })
  return new Proxy({} as Running<M>, {
    get(_, name) {
      // An object with `then` would be taken for a promise.
      if (typeof name !== 'string' || name === 'then') return undefined
      if (name === 'end') return end
      return (...args: unknown[]) => call(name, args)
    },
  })
}

/** In the process itself: answers what the bench asks. */
export function answerWith(methods: Methods): void {
  process.on('message', ({ id, name, args }: Asked) => {
    void (async () => {
      try {
        const method = methods[name] as ((...args: unknown[]) => unknown) | undefined
        if (method === undefined) throw new Error(`There is no ${name}.`)
        tell({ id, ok: true, result: await method(...args) })
      } catch (error) {
        tell({ id, ok: false, text: error instanceof Error ? (error.stack ?? '') : String(error) })
      }
    })()
  })
  process.on('disconnect', () => process.exit(0))
}

function tell(told: Told): void {
  process.send?.(told)
}
