import { Button, Container } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from '../language.ts'
import { useWorkspace, useWorkspaceId } from '../place.ts'
import { words } from '../words/parts.ts'
import { Empty } from './Empty.tsx'

export function NothingHere() {
  const say = useWords(words)
  const isInWorkspace = useWorkspaceId() !== undefined && useWorkspace() !== undefined
  return (
    <Container py="xl">
      <Empty
        isPage
        icon="none"
        title={say.nothingHere}
        action={
          <Button component={Link} to="/admin" mt="sm">
            {say.toStart}
          </Button>
        }
      >
        {isInWorkspace ? say.noPageTodo : say.nothingHereTodo}
      </Empty>
    </Container>
  )
}
