import type { NodeRow } from '../core/index.ts'

/** A node counts for the others once it has lived so many leases: one that comes and goes moves nothing. */
const provenLeases = 1 / 3

/**
 * How many of the installation's accounts a node is to run: as many as every other, and the rest goes to those
 * that came first, so that a newcomer moves only what it gets. All nodes come to the same figures.
 */
export function shareOf(
  nodes: readonly NodeRow[],
  nodeId: string,
  { accounts, leaseMs }: { readonly accounts: number; readonly leaseMs: number },
): number {
  const counting = nodes.filter(
    ({ id, delivers, livedMs }) => delivers && (id === nodeId || livedMs >= leaseMs * provenLeases),
  )
  const place = counting.findIndex(({ id }) => id === nodeId)
  if (place < 0) return 0
  const rest = accounts % counting.length
  return Math.floor(accounts / counting.length) + (place < rest ? 1 : 0)
}
