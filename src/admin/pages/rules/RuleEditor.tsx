import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  TagsInput,
  Text,
} from '@mantine/core'
import {
  type Condition,
  conditionTypes,
  type Rule,
  type RuleChange,
  ruleLimits as limits,
  type Scalar,
} from '../../../core/mapping/rule.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { numberIn } from '../../parts/NumberField.tsx'
import { words } from '../../words/rules.ts'
import { Bounded } from './Bounded.tsx'
import { isUnnamed } from './unfinished.ts'
import { valueIn } from './value-in.ts'

const decisions = ['drop', 'send', 'change'] as const
const amounts: ReadonlySet<Condition['type']> = new Set(['greater', 'at-least', 'less', 'at-most'])
const changeTypes = ['rename', 'set', 'remove'] as const

export function RuleEditor({
  rule,
  isNew,
  isChecked,
  onChange,
}: {
  readonly rule: Rule
  readonly isNew: boolean
  /** Somebody wants to save it: what is still to be filled in says so. */
  readonly isChecked: boolean
  readonly onChange: (rule: Rule) => void
}) {
  const say = useWords(words)
  const { when = [], changes = [], calls = [] } = rule
  const needed = (isMissing: boolean) => (isChecked && isMissing ? say.fieldNeeded : undefined)
  const putConditions = (next: readonly Condition[]) => onChange({ ...rule, when: next })
  const putChanges = (next: readonly RuleChange[]) => onChange({ ...rule, changes: next })
  return (
    <Stack gap="sm">
      <Bounded
        label={say.name}
        description={say.nameMore}
        value={rule.name}
        most={limits.nameLength}
        autoFocus={isNew}
        // What is typed stands in place of the name that it was given.
        onFocus={({ currentTarget }) => isNew && currentTarget.select()}
        error={rule.name.trim() === '' ? say.nameNeeded : undefined}
        onChange={({ currentTarget: { value } }) => onChange({ ...rule, name: value })}
      />
      <TagsInput
        label={say.events}
        description={say.eventsMore}
        value={[...rule.events]}
        maxLength={limits.eventLength}
        error={needed(rule.events.length === 0)}
        onChange={(events) => onChange({ ...rule, events })}
        acceptValueOnBlur
      />
      <Checkbox
        label={say.people}
        checked={calls.includes('identify')}
        onChange={({ currentTarget: { checked } }) => {
          const { calls: _, ...others } = rule
          onChange(
            checked
              ? { ...others, calls: ['track', 'page', 'screen', 'identify', 'group'] }
              : others,
          )
        }}
      />
      <Fieldset legend={say.conditions}>
        <Stack gap="xs">
          <Text size="sm" c="dimmed">
            {say.conditionsMore}
          </Text>
          {when.map((condition, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <Group key={index} gap="xs" wrap="wrap">
              <Bounded
                aria-label={say.field(index + 1)}
                placeholder={say.fieldHint}
                most={limits.pathLength}
                value={condition.path}
                error={needed(isUnnamed(condition.path))}
                style={{ flex: '1 1 150px' }}
                onChange={({ currentTarget: { value } }) =>
                  putConditions(when.with(index, { ...condition, path: value }))
                }
              />
              <NativeSelect
                aria-label={say.comparison(index + 1)}
                value={condition.type}
                style={{ flex: '1 1 130px' }}
                data={conditionTypes.map((value) => ({ value, label: say.conditionTypes[value] }))}
                onChange={({ currentTarget: { value } }) => {
                  const type = conditionTypes.find((one) => one === value)!
                  putConditions(
                    when.with(index, conditionOf(type, condition.path, valueIn(condition))),
                  )
                }}
              />
              {condition.type !== 'exists' && condition.type !== 'missing' && (
                <Bounded
                  aria-label={say.value(index + 1)}
                  most={condition.type === 'pattern' ? limits.patternLength : limits.textLength}
                  placeholder={condition.type === 'one-of' ? say.valuesHint : ''}
                  error={isAmount(condition) ? undefined : say.amountWrong}
                  defaultValue={valueIn(condition)}
                  style={{ flex: '1 1 120px' }}
                  onChange={({ currentTarget: { value } }) =>
                    putConditions(
                      when.with(index, conditionOf(condition.type, condition.path, value)),
                    )
                  }
                />
              )}
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label={say.removeCondition(index + 1)}
                onClick={() => putConditions(when.toSpliced(index, 1))}
              >
                <Icon name="cross" size={16} />
              </ActionIcon>
            </Group>
          ))}
          <Group>
            <Button
              variant="default"
              size="xs"
              onClick={() =>
                putConditions([...when, { type: 'equals', path: 'properties.', value: '' }])
              }
            >
              {say.addCondition}
            </Button>
          </Group>
        </Stack>
      </Fieldset>
      <NativeSelect
        label={say.decision}
        value={rule.decision}
        data={decisions.map((value) => ({ value, label: say.decisions[value] }))}
        onChange={({ currentTarget: { value } }) => {
          const decision = decisions.find((one) => one === value)!
          const { changes: _, ...others } = rule
          onChange(
            decision === 'change'
              ? { ...rule, decision, changes: [{ type: 'rename', to: '' }] }
              : { ...others, decision },
          )
        }}
      />
      {rule.decision === 'change' && (
        <Fieldset legend={say.changes}>
          <Stack gap="xs">
            {changes.map((change, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <Group key={index} gap="xs" wrap="wrap">
                <NativeSelect
                  aria-label={say.changeKind(index + 1)}
                  value={change.type}
                  style={{ flex: '1 1 130px' }}
                  data={changeTypes.map((value) => ({ value, label: say.changeTypes[value] }))}
                  onChange={({ currentTarget: { value } }) =>
                    putChanges(changes.with(index, emptyChange(value)))
                  }
                />
                {change.type === 'rename' ? (
                  <Bounded
                    aria-label={say.newEventName}
                    most={limits.renameLength}
                    placeholder={say.newEventName}
                    value={change.to}
                    error={needed(change.to.trim() === '')}
                    style={{ flex: '1 1 150px' }}
                    onChange={({ currentTarget: { value } }) =>
                      putChanges(changes.with(index, { ...change, to: value }))
                    }
                  />
                ) : (
                  <Bounded
                    aria-label={say.changeField(index + 1)}
                    most={limits.pathLength}
                    placeholder={say.fieldHint}
                    value={change.path}
                    error={needed(isUnnamed(change.path))}
                    style={{ flex: '1 1 150px' }}
                    onChange={({ currentTarget: { value } }) =>
                      putChanges(changes.with(index, { ...change, path: value }))
                    }
                  />
                )}
                {change.type === 'set' && (
                  <Bounded
                    aria-label={say.changeValue(index + 1)}
                    most={limits.textLength}
                    defaultValue={'from' in change ? `=${change.from}` : String(change.value)}
                    style={{ flex: '1 1 120px' }}
                    onChange={({ currentTarget: { value } }) =>
                      putChanges(changes.with(index, setOf(change.path, value)))
                    }
                  />
                )}
                <ActionIcon
                  variant="subtle"
                  size="lg"
                  aria-label={say.removeChange(index + 1)}
                  onClick={() => putChanges(changes.toSpliced(index, 1))}
                >
                  <Icon name="cross" size={16} />
                </ActionIcon>
              </Group>
            ))}
            <Group>
              <Button
                variant="default"
                size="xs"
                onClick={() => putChanges([...changes, emptyChange('set')])}
              >
                {say.addChange}
              </Button>
            </Group>
          </Stack>
        </Fieldset>
      )}
    </Stack>
  )
}

/** What somebody has typed, as the comparison takes it. */
function conditionOf(type: Condition['type'], path: string, text: string): Condition {
  switch (type) {
    case 'exists':
    case 'missing':
      return { type, path }
    case 'one-of': {
      const values = text.split(',').map((one) => scalarOf(one.trim()))
      return { type, path, values }
    }
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most':
      return { type, path, value: amountOf(text) }
    case 'equals':
    case 'not':
      return { type, path, value: scalarOf(text) }
    case 'contains':
    case 'glob':
    case 'pattern':
      return { type, path, value: text }
    default:
      return type satisfies never
  }
}

/** What is no amount stays as it was typed: the field says so, and the server does not take it. */
function amountOf(text: string): number {
  return (numberIn(text) ?? text) as number
}

function isAmount(condition: Condition): boolean {
  return (
    !amounts.has(condition.type) || ('value' in condition && typeof condition.value === 'number')
  )
}

/** `=properties.coupon` takes the value of that field. */
function setOf(path: string, text: string): RuleChange {
  return text.startsWith('=')
    ? { type: 'set', path, from: text.slice(1) }
    : { type: 'set', path, value: scalarOf(text) }
}

function emptyChange(type: string): RuleChange {
  if (type === 'rename') return { type, to: '' }
  return type === 'remove'
    ? { type, path: 'properties.' }
    : { type: 'set', path: 'properties.', value: '' }
}

function scalarOf(text: string): Scalar {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && String(Number(text)) === text ? Number(text) : text
}
