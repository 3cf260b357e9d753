import { Button, Container } from '@mantine/core'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'
import { Empty } from './Empty.tsx'

/** A page that threw, or whose file could not be loaded: an upgrade may have put others in its place. */
export function Trouble() {
  const say = useWords(words)
  return (
    <Container py="xl" role="alert">
      <Empty
        isPage
        icon="failed"
        title={say.trouble}
        action={
          <Button onClick={() => location.reload()} mt="sm">
            {say.reload}
          </Button>
        }
      >
        {say.troubleTodo}
      </Empty>
    </Container>
  )
}
