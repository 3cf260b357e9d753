import { Badge, Text } from '@mantine/core'
import type { Rule, RuleChange } from '../../../core/mapping/rule.ts'
import { useWords } from '../../language.ts'
import parts from '../../parts/parts.module.css'
import { words } from '../../words/rules.ts'
import { valueIn } from './value-in.ts'

/** What a rule does, in a sentence. */
export function Sentence({ rule }: { readonly rule: Rule }) {
  const say = useWords(words)
  const { events, when = [], decision, changes = [] } = rule
  const shown = events.slice(0, 6).join(', ') + (events.length > 6 ? ` + ${events.length - 6}` : '')
  return (
    <Text size="sm" component="div" className={parts['any']}>
      <Badge variant="light" color="gray" mr={6}>
        {say.if}
      </Badge>
      {events.includes('*') ? say.all : shown}
      {when.map((condition, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index}>
          {' '}
          {say.and} {condition.path} {say.conditionTypes[condition.type]} {valueIn(condition)}
        </span>
      ))}
      <br />
      <Badge variant="light" color={decision === 'drop' ? 'red' : 'brand'} mr={6} mt={6}>
        {say.does}
      </Badge>
      {decision === 'change'
        ? changes.map((change) => wordsOf(change, say.changeTypes[change.type])).join('; ')
        : say.decisions[decision]}
    </Text>
  )
}

function wordsOf(change: RuleChange, word: string): string {
  switch (change.type) {
    case 'rename':
      return `${word} ${change.to}`
    case 'set':
      return `${word} ${change.path} = ${'from' in change ? change.from : String(change.value)}`
    case 'remove':
      return `${word} ${change.path}`
    default:
      return change satisfies never
  }
}
