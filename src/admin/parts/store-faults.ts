import { useWords } from '../language.ts'
import { words } from '../words/stores.ts'

/** Of what is typed about a store: what is wrong with it, or null. Nothing at all is right. */
export function useStoreFaults() {
  const { faults } = useWords(words)
  return {
    domain: unless(/^[^\s/?#@:]{1,253}(?::\d{1,5})?$/u, faults.domain),
    country: unless(/^[A-Za-z]{2}$/u, faults.country),
    currency: unless(/^[A-Za-z]{3}$/u, faults.currency),
  }
}

function unless(form: RegExp, fault: string): (text: string) => string | null {
  return (text) => (text.trim() === '' || form.test(text.trim()) ? null : fault)
}
