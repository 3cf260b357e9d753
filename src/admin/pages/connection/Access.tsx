import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useAct, useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { type Connection, useMay, useWorkspaceId } from '../../place.ts'
import { useUnsaved } from '../../unsaved.ts'
import { words } from '../../words/connection.ts'

/** Another key of the same account, the public key, or the way through Klaviyo's page once more. */
export function Access({
  connection,
  storeId,
}: {
  readonly connection: Connection
  readonly storeId: string
}) {
  const say = useWords(words)
  const may = useMay()
  const workspaceId = useWorkspaceId() ?? ''
  const { destinationId } = connection
  const account = useAsk('listDestinations').data?.data.find(({ id }) => id === destinationId)
  const hasApp = useAsk('getHost').data?.klaviyoApp === true
  const key = useForm({ initialValues: { privateKey: '' } })
  const site = useForm({ initialValues: { publicKey: account?.publicKey ?? '' } })
  useUnsaved(key.isDirty() || site.isDirty())
  const replace = useAct('changeKey', {
    onDone({ accountName, accountId }) {
      key.reset()
      notifications.show({ message: say.replaced(accountName ?? accountId), color: 'green' })
    },
  })
  const setPublic = useAct('changePublicKey', {
    onDone: () => notifications.show({ message: say.saved, color: 'green' }),
  })
  if (!may('changeKey') || account === undefined) return null
  const isOAuth = account.auth === 'oauth'
  const install = `/install/klaviyo?${new URLSearchParams({ workspace: workspaceId, store: storeId }).toString()}`
  return (
    <Panel title={say.key} lead={isOAuth ? say.oauthLead : say.keyLead}>
      {isOAuth ? (
        <Group>
          <Button component="a" href={install} variant="default">
            {say.reconnect}
          </Button>
        </Group>
      ) : (
        <Stack gap="lg">
          <form
            onSubmit={key.onSubmit(({ privateKey }) =>
              replace.mutate({
                params: { destinationId },
                body: { privateKey: privateKey.trim() },
              }),
            )}
          >
            <Group align="flex-end" gap="sm">
              <PasswordInput
                label={say.privateKey}
                autoComplete="off"
                required
                w={{ base: '100%', sm: 360 }}
                {...key.getInputProps('privateKey')}
              />
              <Button type="submit" variant="default" loading={replace.isPending}>
                {say.replace}
              </Button>
            </Group>
          </form>
          <ProblemNote problem={replace.error} />
          {account.publicKey === undefined && (
            <form
              onSubmit={site.onSubmit(({ publicKey }) =>
                setPublic.mutate({
                  params: { destinationId },
                  body: { publicKey: publicKey.trim() },
                }),
              )}
            >
              <Group align="flex-end" gap="sm">
                <TextInput
                  label={say.publicKey}
                  description={say.publicKeyMore}
                  required
                  {...site.getInputProps('publicKey')}
                />
                <Button type="submit" variant="default" loading={setPublic.isPending}>
                  {say.savePublicKey}
                </Button>
              </Group>
            </form>
          )}
          <ProblemNote problem={setPublic.error} />
          {hasApp && (
            <Text size="sm">
              <Anchor href={`${install}&change=yes`} underline="always">
                {say.toOauth}
              </Anchor>
              . {say.toOauthMore}
            </Text>
          )}
        </Stack>
      )}
      <Text size="sm" c="dimmed">
        {say.change}
      </Text>
    </Panel>
  )
}
