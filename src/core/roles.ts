/** Who may do what, as data: the page docs/security.md and every check are made from this table. */

export const roles = ['owner', 'admin', 'developer', 'marketer', 'viewer'] as const
export type Role = (typeof roles)[number]

export const permissions = {
  read: { roles, means: 'see status, settings, charts and events, with people masked' },
  reveal: { roles: ['owner', 'admin'], means: 'see people’s details; each look is in the trail' },
  operate: {
    roles: ['owner', 'admin', 'developer', 'marketer'],
    means: 'switch functions, pause, replay, send test events',
  },
  connect: { roles: ['owner', 'admin'], means: 'connect and disconnect Klaviyo accounts' },
  develop: {
    roles: ['owner', 'admin', 'developer'],
    means: 'set up stores, sources, write keys, rules, mappings and API tokens',
  },
  manage: {
    roles: ['owner', 'admin'],
    means: 'manage members, the workspace, its flags and its trail',
  },
  own: { roles: ['owner'], means: 'name other owners' },
} as const satisfies Readonly<
  Record<string, { readonly roles: readonly Role[]; readonly means: string }>
>

export type Permission = keyof typeof permissions

export function isPermitted(role: Role, permission: Permission): boolean {
  return (permissions[permission].roles as readonly Role[]).includes(role)
}

/** What a token may be given: what only a person should do is not among it. */
export const tokenScopes = ['read', 'reveal', 'operate', 'connect', 'develop', 'manage'] as const
export type TokenScope = (typeof tokenScopes)[number]
