import type { Role } from '../../src/core/index.ts'
import type { Server } from '../../src/server/start.ts'
import { type Client, clientOf, password } from './client.ts'

/** Makes a workspace of the owner's own and answers its id. */
export async function newWorkspace(owner: Client, name: string): Promise<string> {
  const { body } = await owner.ask('POST', '/workspaces', { name })
  return body.id
}

/** Invites somebody and accepts, in a browser of theirs. */
export async function join(
  server: Pick<Server, 'url'>,
  owner: Client,
  workspaceId: string,
  role: Role,
  email = `${role}@${workspaceId.toLowerCase()}.example`,
): Promise<Client & { readonly id: string; readonly email: string }> {
  const invited = await owner.ask('POST', `/workspaces/${workspaceId}/invites`, { email, role })
  const code = codeIn(invited.body.link)
  const client = clientOf(server.url)
  const joined = await client.ask('POST', '/invite/accept', { code, name: role, password })
  if (joined.status !== 200)
    throw new Error(`${role} could not join: ${JSON.stringify(joined.body)}`)
  return { ...client, id: joined.body.member.id, email }
}

export function codeIn(link: string): string {
  return new URL(link).hash.replace('#code=', '')
}
