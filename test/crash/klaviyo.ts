import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SimulatorOptions } from '../../src/simulator/index.ts'
import type { Calls } from './klaviyo-process.ts'

type Asked = {
  readonly [Name in keyof Calls]: (
    ...given: Parameters<Calls[Name]>
  ) => Promise<ReturnType<Calls[Name]>>
}

/** The simulator in a process of its own, so that it loses nothing when a server is killed. */
export interface Klaviyo extends Asked {
  readonly url: string
  readonly port: number
  readonly privateKey: string
  close(): Promise<void>
}

export async function startKlaviyo(options: SimulatorOptions): Promise<Klaviyo> {
  const child = fork(
    fileURLToPath(new URL('klaviyo-process.ts', import.meta.url)),
    [JSON.stringify(options)],
    { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  )
  const waiting = new Map<number, (answer: unknown) => void>()
  let asked = 0
  const ready = new Promise<unknown>((resolve) => {
    waiting.set(0, resolve)
  })
  child.on('message', ({ id, answer }: { readonly id: number; readonly answer?: unknown }) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  const ask = (name: string, given: readonly unknown[]) =>
    new Promise<unknown>((resolve) => {
      asked += 1
      waiting.set(asked, resolve)
      child.send({ id: asked, name, given })
    })
  await Promise.race([
    ready,
    once(child, 'exit').then(() => {
      throw new Error('The simulator did not start.')
    }),
  ])
  const calls = new Proxy({} as Asked, {
    get:
      (_, name: string) =>
      (...given: readonly unknown[]) =>
        ask(name, given),
  })
  const { url, port, key } = await calls.where()
  return {
    where: calls.where,
    fail: calls.fail,
    outage: calls.outage,
    mend: calls.mend,
    faultsLeft: calls.faultsLeft,
    revokeKey: calls.revokeKey,
    addKey: calls.addKey,
    counters: calls.counters,
    seen: calls.seen,
    url,
    port,
    privateKey: key,
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
