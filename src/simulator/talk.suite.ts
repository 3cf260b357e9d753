import { answerChecker, hasOpenApi } from './openapi.suite.ts'
import { routeOf } from './routes.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './index.ts'

const checkAnswer = hasOpenApi ? answerChecker() : undefined
let open: Simulator[] = []

/** Opens a simulator for one test; `closeAll` closes it. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options)
  open.push(simulator)
  return simulator
}

export async function closeAll(): Promise<void> {
  await Promise.all(open.map((simulator) => simulator.close()))
  open = []
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

/** Calls the simulator, and holds its answer, good or bad, to Klaviyo's own description. */
export async function call(
  simulator: Simulator,
  method: string,
  path: string,
  body?: unknown,
  headers: { readonly [name: string]: string } = {},
): Promise<Reply> {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    headers: {
      authorization: `Klaviyo-API-Key ${simulator.account().privateKey}`,
      revision: '2026-07-15',
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const answered = text === '' ? undefined : JSON.parse(text)
  const route = routeOf(method, path.split('?', 1)[0] ?? '')
  const operation = typeof route === 'string' ? route : route.id
  const problems = checkAnswer?.(operation, response.status, answered) ?? []
  if (problems.length > 0) {
    throw new Error(`${operation} ${response.status} is not as described: ${problems.join('; ')}`)
  }
  return { status: response.status, headers: response.headers, body: answered }
}

export function event(
  attributes: object = {},
  profile: object = { email: 'ada@example.com' },
): object {
  return {
    data: {
      type: 'event',
      attributes: {
        properties: { OrderId: '1001' },
        metric: { data: { type: 'metric', attributes: { name: 'Placed Order' } } },
        profile: { data: { type: 'profile', attributes: profile } },
        ...attributes,
      },
    },
  }
}

export function bulk(
  events: readonly object[],
  profile: object = { email: 'ada@example.com' },
): object {
  return {
    data: {
      type: 'event-bulk-create-job',
      attributes: {
        'events-bulk-create': {
          data: [
            {
              type: 'event-bulk-create',
              attributes: {
                profile: { data: { type: 'profile', attributes: profile } },
                events: {
                  data: events.map((attributes) => ({
                    type: 'event',
                    attributes: {
                      properties: {},
                      metric: { data: { type: 'metric', attributes: { name: 'Placed Order' } } },
                      ...attributes,
                    },
                  })),
                },
              },
            },
          ],
        },
      },
    },
  }
}
