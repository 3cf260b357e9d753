import { Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'

export function HelpItems() {
  const say = useWords(words)
  return (
    <>
      <Menu.Item component={Link} to="/admin/help">
        {say.helpReasons}
      </Menu.Item>
      <Menu.Item component="a" href="/api/v1/openapi.json" target="_blank">
        {say.helpApi}
      </Menu.Item>
    </>
  )
}
