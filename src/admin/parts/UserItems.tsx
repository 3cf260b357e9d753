import { Menu, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { call } from '../call.ts'
import { chooseLanguage, type Language, languages, useLanguage, useWords } from '../language.ts'
import { keepLook } from '../look.ts'
import { useMe } from '../place.ts'
import { words } from '../words/parts.ts'
import { Icon } from './Icon.tsx'

export function UserItems() {
  const say = useWords(words)
  const language = useLanguage()
  const me = useMe().data
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Menu.Label>
        {me?.member?.name}
        <br />
        {me?.member?.email}
      </Menu.Label>
      <Menu.Item
        component={Link}
        to="/admin/account"
        leftSection={<Icon name="person" size={16} />}
      >
        {say.account}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Label>{say.look}</Menu.Label>
      {(
        [
          ['auto', say.system],
          ['light', say.light],
          ['dark', say.dark],
        ] as const
      ).map(([scheme, word]) => (
        <Menu.RadioItem
          key={scheme}
          value={scheme}
          checked={colorScheme === scheme}
          onChange={() => {
            setColorScheme(scheme)
            keepLook(scheme)
          }}
        >
          {word}
        </Menu.RadioItem>
      ))}
      <Menu.Divider />
      <Menu.Label>{say.language}</Menu.Label>
      {(Object.entries(languages) as [Language, string][]).map(([key, word]) => (
        <Menu.RadioItem
          key={key}
          lang={key}
          value={key}
          checked={language === key}
          onChange={() => chooseLanguage(key)}
        >
          {word}
        </Menu.RadioItem>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={() => void signOut()}>
        {say.signOut}
      </Menu.Item>
    </>
  )
}

async function signOut(): Promise<void> {
  // Whatever comes of it: the next page asks who one is.
  await call('signOut').catch(() => undefined)
  location.assign('/sign-in')
}
