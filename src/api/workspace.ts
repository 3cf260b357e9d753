import { Type } from 'typebox'
import { flagNames } from '../core/index.ts'
import { operation } from './operation.ts'
import { Id, InWorkspace, Name, strict } from './shapes.ts'

const Flags = strict(
  Object.fromEntries(flagNames.map((name) => [name, Type.Optional(Type.Boolean())])) as Record<
    (typeof flagNames)[number],
    Type.TOptional<Type.TBoolean>
  >,
  { description: 'Only `false` switches off: events then end as not sent, `workspace_off`' },
)

export const Workspace = strict({
  id: Id,
  name: Type.String(),
  secondFactor: Type.Boolean({ description: 'Members need a second factor' }),
  flags: Flags,
})

export const listWorkspaces = operation({
  id: 'listWorkspaces',
  method: 'GET',
  path: '/workspaces',
  may: 'operator',
  summary: 'All workspaces of the installation, by name; nothing of what is in them',
  answer: strict({ data: Type.Array(Workspace) }),
})

export const createWorkspace = operation({
  id: 'createWorkspace',
  method: 'POST',
  path: '/workspaces',
  may: 'operator',
  summary: 'Make a workspace, whose owner one becomes',
  body: strict({ name: Name }),
  answer: Workspace,
  status: 201,
})

export const getWorkspace = operation({
  id: 'getWorkspace',
  method: 'GET',
  path: '/workspaces/:workspaceId',
  may: 'read',
  summary: 'A workspace',
  params: InWorkspace,
  answer: Workspace,
})

export const changeWorkspace = operation({
  id: 'changeWorkspace',
  method: 'PATCH',
  path: '/workspaces/:workspaceId',
  may: 'manage',
  summary: 'Change its name, its flags, and whether its members need a second factor',
  params: InWorkspace,
  body: strict({
    name: Type.Optional(Name),
    secondFactor: Type.Optional(Type.Boolean()),
    flags: Type.Optional(Flags),
  }),
  answer: Workspace,
})
