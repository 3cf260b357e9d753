import { fileURLToPath } from 'node:url'
import { eventLines } from './event-lines.ts'

/** The recorded day that the demo plays. */
export const shoppingDayFile = fileURLToPath(
  new URL('../../examples/shopping-day.jsonl', import.meta.url),
)

export interface ShoppingDay {
  readonly events: readonly Record<string, unknown>[]
  readonly shoppers: number
}

/**
 * The recorded day, moved so that its last event happens at `now`: fresh enough for what treats old events
 * otherwise. Only times move; ids stay, so the day counts once however often it is played.
 */
export async function readShoppingDay(now: number): Promise<ShoppingDay> {
  const recorded: Record<string, unknown>[] = []
  for await (const line of eventLines(shoppingDayFile)) {
    if (line.type === 'event') recorded.push(line.event)
  }
  const times = recorded.map(({ timestamp }) => Date.parse(String(timestamp)))
  const shift = now - Math.max(...times)
  const events = recorded.map((event, index) => ({
    ...event,
    timestamp: new Date((times[index] ?? now) + shift).toISOString(),
  }))
  const people = recorded.map(({ anonymousId, userId }) => anonymousId ?? userId)
  return { events, shoppers: new Set(people.filter((id) => id !== undefined)).size }
}
