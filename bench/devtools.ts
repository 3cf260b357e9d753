import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * A browser over its developers' protocol alone: what tests put into each page beside it would be measured with
 * the page, a sixth of a second on a slow processor.
 */
export interface Browser {
  /** A tab that knows nothing of the others, on an empty page. */
  open(): Promise<Tab>
  close(): Promise<void>
}

interface Tab {
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>
  /** Resolves when the next page is there, in place of the one before. */
  committed(): Promise<void>
  /** What an expression in the page, or the promise that it is, comes to. */
  evaluate<T>(expression: string): Promise<T>
  close(): Promise<void>
}

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

export async function openBrowser(executablePath: string, folder: string): Promise<Browser> {
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0']
  const child = spawn(executablePath, [...options, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  const socket = new WebSocket(await addressOf(createInterface(child.stderr)))
  await once(socket, 'open')

  let count = 0
  const asked = new Map<number, (message: Message) => void>()
  const heard = new Set<(message: Message) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id === undefined) for (const hear of heard) hear(message)
    else asked.get(message.id)?.(message)
  })

  async function send(method: string, params: object = {}, sessionId?: string) {
    count += 1
    const id = count
    const answer = new Promise<Message>((resolve) => asked.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params, sessionId }))
    const { result, error } = await answer
    asked.delete(id)
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result ?? {}
  }

  return {
    async open() {
      const { browserContextId } = await send('Target.createBrowserContext')
      const { targetId } = await send('Target.createTarget', {
        url: 'about:blank',
        browserContextId,
        width: 1280,
        height: 800,
      })
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
      const toTab = (method: string, params?: object) => send(method, params, String(sessionId))
      await toTab('Page.enable')
      return {
        send: toTab,
        committed: () =>
          new Promise((resolve) => {
            const hear = (message: Message): void => {
              if (message.sessionId !== sessionId || message.method !== 'Page.frameNavigated')
                return
              heard.delete(hear)
              resolve()
            }
            heard.add(hear)
          }),
        async evaluate<T>(expression: string) {
          const { result, exceptionDetails } = await toTab('Runtime.evaluate', {
            expression,
            awaitPromise: true,
            returnByValue: true,
          })
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
          return (result as { readonly value: T }).value
        },
        close: async () => void (await send('Target.disposeBrowserContext', { browserContextId })),
      }
    },
    async close() {
      await send('Browser.close').catch(() => undefined)
      await ended
    },
  }
}

/** Chromium writes it when it listens. */
async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, address] = /^DevTools listening on (ws:.+)$/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('Chromium ended before it listened.')
}
