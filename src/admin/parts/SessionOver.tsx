import { Anchor } from '@mantine/core'
import { useWords } from '../language.ts'
import { useSessionOver } from '../session-over.ts'
import { words } from '../words/parts.ts'
import look from './frame.module.css'

/** What was typed stays: one signs in beside it, and goes on here. */
export function SessionOver() {
  const say = useWords(words)
  if (!useSessionOver()) return null
  return (
    <div role="alert" className={look['over']}>
      {say.sessionOver}{' '}
      <Anchor href="/sign-in" target="_blank" underline="always">
        {say.signInBeside}
      </Anchor>
    </div>
  )
}
