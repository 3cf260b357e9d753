import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import type { Act, Workspace } from '../../core/index.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'
import { memberIn } from './session.ts'

export function serveWorkspaces(serve: Serve, parts: AdminParts): void {
  const { config, engine, ids } = parts

  serve(api.listWorkspaces, async () => ({ data: (await config.workspaces()).map(workspaceShape) }))

  serve(api.createWorkspace, async (ask) => {
    const { member } = memberIn(ask.caller)
    const workspace = { id: ids.newId('wsp', ask.now), name: ask.body.name.trim() }
    const act = { ...ask.act('workspace.add', workspace.id), workspaceId: workspace.id }
    const { id: memberId } = member
    const membership = {
      workspaceId: workspace.id,
      memberId,
      role: 'owner',
      since: ask.now,
    } as const
    const joined: Act = { ...act, action: 'member.add', target: memberId }
    await config.addTogether({ workspace, membership }, [act, joined])
    return workspaceShape(workspace)
  })

  serve(api.getWorkspace, async ({ params }) => workspaceShape(await find(params.workspaceId)))

  serve(api.changeWorkspace, async (ask) => {
    const { workspaceId } = ask.params
    const former = await find(workspaceId)
    const { name, secondFactor, flags } = ask.body
    const change = {
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(secondFactor === undefined ? {} : { secondFactor }),
      ...(flags === undefined ? {} : { flags: { ...former.flags, ...flags } }),
    }
    const before = workspaceShape(former)
    const after = workspaceShape({ ...former, ...change })
    const act = ask.act('workspace.change', workspaceId, { before, after })
    await config.changeWorkspace(workspaceId, change, act)
    await engine.reload()
    return after
  })

  async function find(id: string): Promise<Workspace> {
    const workspace = await config.workspace(id)
    if (workspace === undefined) throw nothingHere()
    return workspace
  }
}

function workspaceShape({
  id,
  name,
  secondFactor = false,
  flags = {},
}: Workspace): Static<typeof api.Workspace> {
  return { id, name, secondFactor, flags: { ...flags } }
}
