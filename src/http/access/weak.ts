/**
 * Whether a password is one of those that are tried first. The lists of leaked passwords hold few of twelve
 * characters and more, and nearly all of those are made in four ways: a common word with numbers behind it,
 * a run of keys, a short piece over and over, and the name of the service, the shop or the person.
 */
export function isWeak(password: string, context: readonly string[]): boolean {
  const lower = password.toLowerCase()
  if (new Set(lower).size < 5) return true
  if (isRepetition(lower) || isRun(lower)) return true
  // Numbers and signs around it make it no better.
  const core = unleet(lower.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')).replaceAll(
    /[^\p{L}\p{N}]/gu,
    '',
  )
  if (core === '' || isMadeOf(core, common)) return true
  const words = context
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .map(unleet)
    .filter((word) => word.length >= 4)
  // Names, with little else.
  const left = ['tillpost', 'klaviyo', ...words]
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word, ''), core)
  return left.length < core.length && left.length < 6
}

/** Only words that everybody uses, one after the other: `passwordpassword`, `adminletmein`. */
function isMadeOf(text: string, words: ReadonlySet<string>): boolean {
  let rests = new Set([text])
  for (let count = 0; count < 4 && rests.size > 0; count += 1) {
    const next = new Set<string>()
    for (const from of rests) {
      for (const word of words) if (from.startsWith(word)) next.add(from.slice(word.length))
    }
    if (next.has('')) return true
    rests = next
  }
  return false
}

function isRepetition(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const piece = text.slice(0, length)
    if (piece.repeat(Math.ceil(text.length / length)).startsWith(text)) return true
  }
  return false
}

/** Keys in a row, of the alphabet or of a keyboard, in either direction. */
function isRun(text: string): boolean {
  const rows = [
    'abcdefghijklmnopqrstuvwxyz',
    '01234567890123456789',
    'qwertyuiopasdfghjklzxcvbnm',
    'qwertzuiopasdfghjklyxcvbnm',
    'azertyuiopqsdfghjklmwxcvbn',
    '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
    '1q2w3e4r5t6y7u8i9o0p',
  ]
  const steps = text.length - 1
  let inRow = 0
  for (let at = 0; at < steps; at += 1) {
    const pair = text.slice(at, at + 2)
    const turned = `${pair[1]}${pair[0]}`
    if (rows.some((row) => row.includes(pair) || row.includes(turned))) inRow += 1
  }
  return inRow >= steps * 0.8
}

function unleet(text: string): string {
  return text.replaceAll(/[@430157$!]/g, (sign) => instead.get(sign) ?? sign)
}

const instead: ReadonlyMap<string, string> = new Map([
  ['@', 'a'],
  ['4', 'a'],
  ['3', 'e'],
  ['0', 'o'],
  ['1', 'i'],
  ['5', 's'],
  ['7', 't'],
  ['$', 's'],
  ['!', 'i'],
])

// Bases of the most used passwords, in the form that `unleet` gives.
const common: ReadonlySet<string> = new Set(
  `password passwort passwd pass motdepasse contrasena senha secret geheim letmein welcome willkommen admin
  administrator root user test testing login access master qwerty qwertz azerty asdfgh zxcvbn abc iloveyou
  monkey dragon football baseball basketball soccer superman batman starwars pokemon princess sunshine
  shadow michael jennifer jordan hunter charlie thomas daniel george summer winter spring autumn monday
  friday january december flower computer internet samsung google facebook company shop store changeme
  default temp guest hello hallo freedom whatever trustno trustnoi ninja mustang cheese cookie pepper killer
  orange purple banana chocolate liverpool chelsea arsenal barcelona money love baby angel lovely my the
  iam isthe is correcthorsebatterystaple`
    .split(/\s+/)
    .filter((word) => word !== ''),
)
