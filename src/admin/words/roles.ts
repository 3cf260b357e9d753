import type { Role } from '../../core/roles.ts'
import { catalogue } from '../language.ts'

type Roles = Readonly<Record<Role, { readonly name: string; readonly means: string }>>

/** The roles of `core/roles.ts`, for people. */
export const roleNames = catalogue<Roles>({
  en: {
    owner: { name: 'Owner', means: 'Everything, and names other owners.' },
    admin: { name: 'Admin', means: 'Everything but naming owners.' },
    developer: {
      name: 'Developer',
      means: 'Stores, keys, rules, mappings, and sending again. People stay masked.',
    },
    marketer: {
      name: 'Marketer',
      means: 'Switches functions, pauses, sends again and for a test. People stay masked.',
    },
    viewer: { name: 'Viewer', means: 'Looks, with people masked, and changes nothing.' },
  },
  de: {
    owner: { name: 'Inhaber', means: 'Alles, und ernennt weitere Inhaber.' },
    admin: { name: 'Admin', means: 'Alles, außer Inhaber zu ernennen.' },
    developer: {
      name: 'Entwicklung',
      means: 'Shops, Schlüssel, Regeln, Zuordnungen, erneutes Senden. Personen bleiben verdeckt.',
    },
    marketer: {
      name: 'Marketing',
      means: 'Schaltet Funktionen, hält an, sendet erneut und zum Test. Personen bleiben verdeckt.',
    },
    viewer: { name: 'Lesen', means: 'Sieht zu, mit verdeckten Personen, und ändert nichts.' },
  },
})
