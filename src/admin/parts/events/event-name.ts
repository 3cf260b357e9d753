import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'

/** How an event is called: as Klaviyo has it, else as the shop does; calls that are no events by what they tell. */
export function useEventName(): (event: {
  readonly metric?: string | undefined
  readonly name: string
  readonly type: string
}) => string {
  const calls: Readonly<Record<string, string>> = useWords(words).calls
  return ({ metric, name, type }) => metric ?? (name === type ? (calls[type] ?? name) : name)
}
