import { Text } from '@mantine/core'
import type { Settings } from '../../../core/settings.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useFieldText } from '../../parts/field-text.ts'
import { Told } from '../../parts/Time.tsx'
import { words as ruleWords } from '../../words/rules.ts'
import { differenceOf } from '../rules/difference.ts'
import look from './trail.module.css'

type Act = AnswerOf<'listActs'>['data'][number]
type Values = Readonly<Record<string, unknown>>

/** What changed from what to what, as it was kept: without secrets. */
export function Change({ before, after }: Pick<Act, 'before' | 'after'>) {
  const { differences } = useWords(ruleWords)
  const { labelOf, valueOf } = useFieldText()
  const [was, is] = [valuesOf(before), valuesOf(after)]
  const rules = wholeOf(was, is)
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => !inRules.has(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const lines = [
    ...(rules === undefined ? [] : [differences(differenceOf(rules.was, rules.is))]),
    ...names.map((name) => {
      const from = name in was ? `${valueOf(name, was[name])} → ` : ''
      return `${labelOf(name)}: ${from}${valueOf(name, is[name])}`
    }),
  ]
  return (
    <>
      {lines.map((line) => (
        <Text key={line} size="xs" className={look['line']} title={line}>
          <Told text={line} />
        </Text>
      ))}
    </>
  )
}

/** Rules and mappings are told by what is otherwise in them, not one whole beside the other. */
const inRules: ReadonlySet<string> = new Set(['rules', 'withoutRule', 'mappings'])

function wholeOf(was: Values, is: Values) {
  if (![...inRules].some((name) => name in was && name in is)) return undefined
  const of = (values: Values) => {
    const { rules = [], withoutRule = 'send', mappings = {} } = values as Partial<Settings>
    return { rules, withoutRule, mappings }
  }
  return { was: of(was), is: of(is) }
}

/** `switches` and the like each by itself: `switches.Viewed Product`. */
function valuesOf(value: unknown): Values {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]): [string, unknown][] =>
      isRecord(one) && !inRules.has(name)
        ? Object.entries(one).map(([part, inside]) => [`${name}.${part}`, inside])
        : [[name, one]],
    ),
  )
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
