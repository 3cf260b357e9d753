import type { Settings } from '../../core/settings.ts'
import { catalogue, type Language, useLanguage } from '../language.ts'
import { words as connection } from './connection.ts'
import { words as parts } from './parts.ts'
import { words as rules } from './rules.ts'
import { words as settings } from './settings.ts'
import { words as stores } from './stores.ts'

/** Settings of which no page offers a choice. */
const choices = catalogue({
  en: {
    uniqueIds: { store: 'with the store’s key before them', given: 'as they were sent' },
    onForbidden: {
      hold: 'everything of the account',
      narrow: 'only what needs the permission',
    },
    release: { live: 'at once', cycle: 'in cycles' },
    preset: connection.en.presets,
  },
  de: {
    uniqueIds: { store: 'mit dem Kürzel des Shops davor', given: 'wie sie gesendet wurden' },
    onForbidden: {
      hold: 'alles des Kontos',
      narrow: 'nur, was die Berechtigung braucht',
    },
    release: { live: 'sofort', cycle: 'in Zyklen' },
    preset: connection.de.presets,
  },
})

type Choices = Readonly<Record<string, Readonly<Record<string, string>>>>

function namesIn(language: Language): Choices {
  const { identities, patiences } = connection[language]
  const { trackingConsents, consentSignals, amountsOf, productIdsBy } = settings[language]
  return {
    ...choices[language],
    identity: identities,
    patience: patiences,
    trackingConsent: trackingConsents,
    consentSignal: consentSignals,
    amounts: amountsOf,
    productIds: productIdsBy,
    withoutRule: rules[language].otherwiseIs,
    browserMay: stores[language].mays,
    state: parts[language].states,
  } satisfies Partial<Record<keyof Settings | 'browserMay' | 'state', object>>
}

const names: Readonly<Record<Language, Choices>> = { en: namesIn('en'), de: namesIn('de') }

/** What a setting was set to, in the words of the page that offers it. Undefined: it is no such choice. */
export function useValueNames(): (field: string, value: unknown) => string | undefined {
  const all = names[useLanguage()]
  return (field, value) =>
    typeof value === 'string' && Object.hasOwn(all, field) ? all[field]?.[value] : undefined
}
