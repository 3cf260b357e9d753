import { MantineThemeProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { useWords } from '../language.ts'
import { words } from '../words/parts.ts'

/** The button that closes one has a name, in the reader's language. */
export function ShownToasts() {
  const { closeToast } = useWords(words)
  const closeButtonProps = { 'aria-label': closeToast }
  return (
    <MantineThemeProvider
      theme={{ components: { Notification: { defaultProps: { closeButtonProps } } } }}
    >
      <Notifications position="bottom-right" limit={3} />
    </MantineThemeProvider>
  )
}
