import { catalogue } from '../language.ts'

/** Why signing in by the identity provider came to nothing, by the code that the server puts into the address. */
const faults = {
  en: new Map([
    ['denied', 'The identity provider did not let you in, or you cancelled. Try again.'],
    [
      'over',
      'This attempt took too long, was used already, or was begun in another browser or under another address. Try again.',
    ],
    [
      'down',
      'The identity provider cannot be reached now. Try again in a minute, or use your password.',
    ],
    [
      'client',
      'The identity provider does not take this Tillpost. Whoever hosts it has to check its client ID, secret and redirect address.',
    ],
    [
      'untrusted',
      'The identity provider’s answer could not be trusted, so nobody was signed in. Try again; if it stays, tell whoever hosts Tillpost.',
    ],
    [
      'unverified',
      'The identity provider has not verified your email address. Verify it there, or use your password.',
    ],
    [
      'unknown',
      'Nobody here has your email address. Ask an owner or admin for an invitation, and join with its link first.',
    ],
    [
      'other_member',
      'You have signed in here as another member before, and your email address is now somebody else’s. Ask an owner or admin.',
    ],
    [
      'other_identity',
      'This member signs in with another account of the identity provider. Use that one or the password; or ask an owner or admin for a link to a new password, after which your account can be used.',
    ],
    ['not_secure', 'Signing in needs https. Open Tillpost under its https address.'],
  ]),
  de: new Map([
    [
      'denied',
      'Der Identitätsanbieter hat Sie nicht eingelassen, oder Sie haben abgebrochen. Versuchen Sie es noch einmal.',
    ],
    [
      'over',
      'Dieser Versuch hat zu lange gedauert, wurde schon benutzt oder in einem anderen Browser oder unter einer anderen Adresse begonnen. Versuchen Sie es noch einmal.',
    ],
    [
      'down',
      'Der Identitätsanbieter ist gerade nicht erreichbar. Versuchen Sie es in einer Minute noch einmal, oder nehmen Sie Ihr Passwort.',
    ],
    [
      'client',
      'Der Identitätsanbieter nimmt dieses Tillpost nicht an. Wer es betreibt, muss Client-ID, Secret und Rückadresse prüfen.',
    ],
    [
      'untrusted',
      'Der Antwort des Identitätsanbieters war nicht zu trauen; niemand wurde angemeldet. Versuchen Sie es noch einmal; bleibt es so, sagen Sie es dem Betreiber.',
    ],
    [
      'unverified',
      'Der Identitätsanbieter hat Ihre E-Mail-Adresse nicht bestätigt. Bestätigen Sie sie dort, oder nehmen Sie Ihr Passwort.',
    ],
    [
      'unknown',
      'Niemand hier hat Ihre E-Mail-Adresse. Bitten Sie Inhaber oder Admins um eine Einladung und treten Sie zuerst mit deren Link bei.',
    ],
    [
      'other_member',
      'Sie haben sich hier früher als anderes Mitglied angemeldet, und Ihre E-Mail-Adresse gehört jetzt jemand anderem. Fragen Sie Inhaber oder Admins.',
    ],
    [
      'other_identity',
      'Dieses Mitglied meldet sich mit einem anderen Konto des Identitätsanbieters an. Nehmen Sie jenes oder das Passwort; oder bitten Sie Inhaber oder Admins um einen Link für ein neues Passwort, danach gilt Ihr Konto.',
    ],
    ['not_secure', 'Anmelden braucht https. Öffnen Sie Tillpost unter seiner https-Adresse.'],
  ]),
}

/** Sign-in, and what one-time links open. */
export const words = catalogue({
  en: {
    signIn: 'Sign in',
    signInWith: (name: string) => `Sign in with ${name}`,
    or: 'or',
    providerFault: (why: string) =>
      faults.en.get(why) ?? 'The identity provider did not sign you in. Try again.',
    email: 'Email address',
    name: 'Your name',
    password: 'Password',
    newPassword: 'Password',
    newPasswordHint: 'At least 12 characters. Several words are easy to remember.',
    code: 'Code of the authenticator',
    codeHint: 'Six digits, or one of your recovery codes.',
    secondFactorLead: 'One step more: the code that your authenticator shows now.',
    otherMember: 'Sign in as somebody else',
    forgotten:
      'Password forgotten? An owner or admin can make you a link, and on the server `tillpost reset-link` can.',
    welcome: 'Make the first member',
    welcomeLead: 'Whoever you are now looks after this Tillpost and owns its workspaces.',
    begin: 'Begin',
    join: 'Join',
    joinLead: (workspace: string, role: string, email: string) =>
      `You are invited to ${workspace} as ${role}, with ${email}.`,
    joinKnown: 'There is an account with this address. Sign in with it, then come back to join.',
    reset: 'Set a new password',
    resetDone: 'Your new password is set. Sign in with it.',
    set: 'Set it',
    enter: 'Opening Tillpost',
    enterFailed: 'This link does not open anything',
    lacksCode: 'This address lacks its code: open the whole link that you were given.',
  },
  de: {
    signIn: 'Anmelden',
    signInWith: (name: string) => `Mit ${name} anmelden`,
    or: 'oder',
    providerFault: (why: string) =>
      faults.de.get(why) ??
      'Der Identitätsanbieter hat Sie nicht angemeldet. Versuchen Sie es noch einmal.',
    email: 'E-Mail-Adresse',
    name: 'Ihr Name',
    password: 'Passwort',
    newPassword: 'Passwort',
    newPasswordHint: 'Mindestens 12 Zeichen. Mehrere Wörter merkt man sich leicht.',
    code: 'Code der Authenticator-App',
    codeHint: 'Sechs Ziffern, oder einer Ihrer Wiederherstellungscodes.',
    secondFactorLead: 'Noch ein Schritt: der Code, den Ihre Authenticator-App jetzt zeigt.',
    otherMember: 'Als jemand anders anmelden',
    forgotten:
      'Passwort vergessen? Inhaber oder Admins können Ihnen einen Link geben, und auf dem Server `tillpost reset-link`.',
    welcome: 'Das erste Mitglied',
    welcomeLead: 'Wer Sie jetzt sind, betreibt dieses Tillpost und besitzt seine Arbeitsbereiche.',
    begin: 'Beginnen',
    join: 'Beitreten',
    joinLead: (workspace: string, role: string, email: string) =>
      `Sie sind als ${role} zu ${workspace} eingeladen, mit ${email}.`,
    joinKnown:
      'Zu dieser Adresse gibt es ein Konto. Melden Sie sich damit an und kommen Sie dann zurück.',
    reset: 'Neues Passwort setzen',
    resetDone: 'Ihr neues Passwort gilt. Melden Sie sich damit an.',
    set: 'Setzen',
    enter: 'Tillpost wird geöffnet',
    enterFailed: 'Dieser Link öffnet nichts',
    lacksCode: 'Dieser Adresse fehlt ihr Code: öffnen Sie den ganzen Link, den Sie bekommen haben.',
  },
})
