import { Alert, Anchor } from '@mantine/core'
import { useWords } from '../language.ts'
import { words } from '../words/entry.ts'
import { ProblemNote } from './ProblemNote.tsx'

/**
 * Where a one-time link opens nothing, why, and the way that is left. `undefined`: it lacks its code; `null`: it may open
 * something yet.
 */
export function NoWay({ problem }: { readonly problem: Error | null | undefined }) {
  const say = useWords(words)
  return (
    <>
      {problem === undefined ? (
        <Alert color="red" variant="light" role="alert">
          {say.lacksCode}
        </Alert>
      ) : (
        <ProblemNote problem={problem} />
      )}
      {problem !== null && <Anchor href="/sign-in">{say.signIn}</Anchor>}
    </>
  )
}
