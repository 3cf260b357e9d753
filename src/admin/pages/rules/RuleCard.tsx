import { ActionIcon, Button, Group, Stack, Switch, Text } from '@mantine/core'
import type { Rule } from '../../../core/mapping/rule.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import parts from '../../parts/parts.module.css'
import { words } from '../../words/rules.ts'
import { RuleEditor } from './RuleEditor.tsx'
import { Sentence } from './Sentence.tsx'

interface Props {
  readonly rule: Rule
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly isOpen: boolean
  readonly isNew: boolean
  readonly isChecked: boolean
  readonly may: boolean
  readonly onOpen: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onChange: (rule: Rule) => void
  readonly onRemove: () => void
}

/** A rule in a sentence; opened, its editor. */
export function RuleCard({ rule, isFirst, isLast, isOpen, isNew, isChecked, may, ...on }: Props) {
  const say = useWords(words)
  const { name, enabled = true } = rule
  return (
    <Stack className={parts['card']} p="md" gap="sm" component="section" aria-label={name}>
      <Group justify="space-between" gap="xs">
        <Switch
          checked={enabled}
          disabled={!may}
          aria-label={say.on(name)}
          label={
            <Text fw={550} className={parts['any']}>
              {name}
            </Text>
          }
          onChange={({ currentTarget: { checked } }) => {
            const { enabled: _, ...others } = rule
            on.onChange(checked ? others : { ...rule, enabled: false })
          }}
        />
        {may && (
          <Group gap={4}>
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={say.up(name)}
              disabled={isFirst}
              onClick={() => on.onMove(-1)}
            >
              <Icon name="up" />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={say.down(name)}
              disabled={isLast}
              onClick={() => on.onMove(1)}
            >
              <Icon name="down" />
            </ActionIcon>
            <Button
              variant="default"
              size="xs"
              aria-label={isOpen ? say.done : say.edit(name)}
              aria-expanded={isOpen}
              onClick={on.onOpen}
            >
              {isOpen ? say.done : say.editShort}
            </Button>
            <Button variant="default" size="xs" aria-label={say.remove(name)} onClick={on.onRemove}>
              {say.deleteShort}
            </Button>
          </Group>
        )}
      </Group>
      {isOpen ? (
        <RuleEditor rule={rule} isNew={isNew} isChecked={isChecked} onChange={on.onChange} />
      ) : (
        <Sentence rule={rule} />
      )}
    </Stack>
  )
}
