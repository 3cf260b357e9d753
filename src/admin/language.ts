import { useSyncExternalStore } from 'react'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

const place = 'tillpost-language'
const listeners = new Set<() => void>()
let chosen: Language = chosenBefore() ?? (navigator.language.startsWith('de') ? 'de' : 'en')
document.documentElement.lang = chosen

export function useLanguage(): Language {
  return useSyncExternalStore(listen, () => chosen)
}

export function chooseLanguage(language: Language): void {
  chosen = language
  document.documentElement.lang = language
  try {
    localStorage.setItem(place, language)
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
  for (const listener of listeners) listener()
}

/** For numbers and dates: the region that the browser names, in the language that was chosen. */
export function localeOf(language: Language): string {
  return navigator.languages.find((one) => one.startsWith(language)) ?? language
}

/** A page's words: both languages have the same keys, or it does not compile. */
export function catalogue<Words extends object>(both: {
  readonly en: Words
  readonly de: NoInfer<Words>
}): Readonly<Record<Language, Words>> {
  return both
}

export function useWords<Words>(both: Readonly<Record<Language, Words>>): Words {
  return both[useLanguage()]
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function chosenBefore(): Language | undefined {
  try {
    const kept = localStorage.getItem(place)
    return kept === 'en' || kept === 'de' ? kept : undefined
  } catch {
    return undefined
  }
}
