import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'

interface Named {
  readonly metric?: string | undefined
  readonly name: string
  readonly type: string
}

/** How an event is called: as Klaviyo has it, else as the shop does; calls that are no events by what they tell. */
export function useNameOf(): (event: Named) => string {
  const calls: Readonly<Record<string, string>> = useWords(words).calls
  return ({ metric, name, type }) => metric ?? (name === type ? (calls[type] ?? name) : name)
}

/** The same of one that is only known by its id; `Event` until more is known. */
export function useEventName(messageId: string): string {
  const { event } = useWords(words)
  const nameOf = useNameOf()
  const { data } = useAsk('getEvent', { params: { messageId } })
  return data === undefined ? event : nameOf({ ...data, metric: data.mapped.events[0]?.metric })
}
