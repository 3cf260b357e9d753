import type { Act, ActName, Clock, Connection, Json } from '../core/index.ts'
import type { ActOf } from './errands.ts'

/** For what is asked on this machine, where nobody signs in. */
export function localActs(
  parts: { readonly clock: Clock },
  of: Pick<Connection, 'workspaceId'>,
): ActOf {
  return (action, target, after) => localAct(parts, of, action, target, after && { after })
}

export function localAct(
  { clock }: { readonly clock: Clock },
  { workspaceId }: Pick<Connection, 'workspaceId'>,
  action: ActName,
  target: string,
  change: { readonly before?: Json; readonly after?: Json } = {},
): Act {
  const by = { type: 'local' } as const
  return { workspaceId, at: clock.now(), by, address: '', action, target, ...change }
}
