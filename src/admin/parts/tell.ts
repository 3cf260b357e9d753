import { useQuery } from '@tanstack/react-query'
import { type ReasonCode, reasons } from '../../core/reason.ts'
import { localeOf, useLanguage } from '../language.ts'
import { moneyOf } from './Money.tsx'

/** What the server says, in the reader's language; a sentence that is in no list stays as it is. */
export function useTell(): (text: string) => string {
  const language = useLanguage()
  const { data } = useQuery({
    queryKey: ['german sentences'],
    queryFn: germanTeller,
    enabled: language === 'de',
    staleTime: Number.POSITIVE_INFINITY,
  })
  return language === 'de' && data !== undefined ? data.tell : asItIs
}

function asItIs(text: string): string {
  return text
}

async function germanTeller() {
  const [{ sentences }, { german }] = await Promise.all([
    import('../words/sentences.ts'),
    import('../words/reasons.ts'),
  ])
  const ofReasons = Object.entries(german).flatMap(([code, [sentence, todo]]) => {
    const { sentence: said, todo: asked } = reasons[code as ReasonCode]
    return [[said, sentence] as const, [asked, todo] as const]
  })
  return { tell: tellerOf([...ofReasons, ...sentences]) }
}

type Sentences = readonly (readonly [server: string, own: string])[]

function tellerOf(list: Sentences): (text: string) => string {
  const whole = new Map(list.filter(([server]) => !server.includes('{}')))
  const forms = list
    .filter(([server]) => server.includes('{}'))
    .map(([server, own]) => ({ form: formOf(server), own: own.split('{}') }))

  return (text) => {
    const told = whole.get(text)
    if (told !== undefined) return told
    // Several sentences, each of which may be known by itself, or with those that follow it.
    const parts = text.split(/(?<=[.!?:])\s+/u)
    const said: string[] = []
    let from = 0
    while (from < parts.length) {
      let to = from + 1
      let found: string | undefined
      for (; to <= parts.length; to += 1) {
        found = tellOne(parts.slice(from, to).join(' '))
        if (found !== undefined) break
      }
      said.push(found ?? parts[from]!)
      from = found === undefined ? from + 1 : to
    }
    return said.join(' ')
  }

  function tellOne(text: string): string | undefined {
    const known = whole.get(text)
    if (known !== undefined) return known
    for (const { form, own } of forms) {
      const named = form.exec(text)?.slice(1)
      if (named === undefined) continue
      return own.reduce((said, part, index) => said + nameOf(named[index - 1]!) + part)
    }
    return undefined
  }

  /** What a sentence names may be a sentence itself, a number, or names in quotation marks. */
  function nameOf(named: string): string {
    const told = whole.get(named)
    if (told !== undefined) return told
    if (/^\d{1,3}(?:,\d{3})+$/u.test(named)) return named.replaceAll(',', '.')
    const [, amount, currency] = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/u.exec(named) ?? []
    if (amount !== undefined) return moneyOf(Number(amount), currency, localeOf('de'))
    if (/^-?\d+\.\d+$/u.test(named)) return moneyOf(Number(named), undefined, localeOf('de'))
    return /^"[^"]*"(?:(?:, | or )"[^"]*")*$/u.test(named)
      ? named.replaceAll(/"([^"]*)"/gu, '„$1“').replace('“ or „', '“ oder „')
      : named
  }
}

function formOf(server: string): RegExp {
  const parts = server.split('{}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('(.+?)')}$`, 'su')
}
