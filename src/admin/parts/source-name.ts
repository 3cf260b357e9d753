import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'

/** The name of the source that connecting makes, where a store has none. */
export const usualSource = 'HTTP and SDKs'

/** That one is named in the reader's language; any other as somebody has named it. */
export function useSourceName(): (name: string) => string {
  const say = useWords(words)
  return (name) => (name === usualSource ? say.usualSource : name)
}
