import type { Connection, KlaviyoDoor, Log, Secrets, Setup } from '../../core/index.ts'

export interface InstallParts {
  readonly config: Setup
  readonly secrets: Secrets
  readonly klaviyo: KlaviyoDoor
  readonly log: Log
}

/**
 * With the last connection that uses it, an install of our app ends at Klaviyo too, and its tokens are gone here.
 * Nothing that was sent is deleted there (T67). Whatever is still connected by the same install keeps it (T68).
 */
export async function endInstall(
  { config, secrets, klaviyo, log }: InstallParts,
  { workspaceId, destinationId }: Pick<Connection, 'workspaceId' | 'destinationId'>,
): Promise<void> {
  const [destinations, connections] = await Promise.all([
    config.destinations(workspaceId),
    config.connections(workspaceId),
  ])
  const destination = destinations.find(({ id }) => id === destinationId)
  if (destination?.auth !== 'oauth' || klaviyo.app === undefined) return
  const isUsed = connections.some(
    (one) => one.destinationId === destinationId && one.state !== 'disconnected',
  )
  if (isUsed) return
  // The newest ones: another node may have refreshed them.
  const sealed = (await config.secretOf(workspaceId, destinationId)) ?? destination.secret
  if (await klaviyo.app.end(secrets.open(sealed, destinationId))) {
    await config.changeSecret(workspaceId, destinationId, secrets.seal('', destinationId))
  } else {
    log.warn(
      { destination: destinationId },
      'The app could not be removed at Klaviyo. Remove it there, under Integrations.',
    )
  }
}
