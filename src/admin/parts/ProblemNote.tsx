import { Alert, Button, Code, Stack, Text } from '@mantine/core'
import { Problem } from '../call.ts'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'
import { Prose } from './Prose.tsx'
import { useTell } from './tell.ts'

/** What went wrong, in the API's words, and what to do next. Nothing where nothing went wrong. */
export function ProblemNote({
  problem,
  onRetry,
}: {
  readonly problem: Error | null | undefined
  readonly onRetry?: (() => void) | undefined
}) {
  const say = useWords(words)
  const tell = useTell()
  if (problem === null || problem === undefined) return null
  const isLost = problem instanceof Problem && problem.status === 0
  const requestId = problem instanceof Problem ? problem.requestId : undefined
  // The sentence that all of them make together names the fields already.
  const errors = (problem instanceof Problem ? problem.errors : []).filter(
    ({ message }) => !problem.message.includes(message),
  )
  return (
    <Alert color="red" variant="light" role="alert" icon={<Icon name="failed" />}>
      <Stack gap="xs" align="flex-start">
        <Text>{isLost ? say.noAnswer : <Prose text={tell(problem.message)} />}</Text>
        {isLost && <Text>{say.noAnswerTodo}</Text>}
        {errors.map(({ pointer, message }) => (
          <Text key={pointer + message} size="sm">
            <Code>{pointer}</Code> <Prose text={tell(message)} />
          </Text>
        ))}
        {requestId !== undefined && <Text size="sm">{say.requestId(requestId)}</Text>}
        {onRetry !== undefined && mayHelp(problem) && (
          <Button variant="default" size="xs" onClick={onRetry}>
            {say.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** What was wrong with the request itself is so the next time. */
function mayHelp(problem: Error): boolean {
  return !(problem instanceof Problem) || ![400, 413, 422].includes(problem.status)
}
