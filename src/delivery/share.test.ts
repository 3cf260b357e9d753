import { expect, test } from 'vitest'
import type { NodeRow } from '../core/index.ts'
import { shareOf } from './share.ts'

const leaseMs = 30_000

function node(id: string, more: Partial<NodeRow> = {}): NodeRow {
  return { id, delivers: true, livedMs: 60_000, ...more }
}

function shares(nodes: readonly NodeRow[], accounts: number): readonly number[] {
  return nodes.map(({ id }) => shareOf(nodes, id, { accounts, leaseMs }))
}

test('accounts are shared evenly, and none is left over', () => {
  const nodes = [node('a'), node('b'), node('c')]
  expect(shares(nodes, 9)).toEqual([3, 3, 3])
  expect(shares(nodes, 11)).toEqual([4, 4, 3])
  expect(shares(nodes, 2)).toEqual([1, 1, 0])
  expect(shares([node('a')], 7)).toEqual([7])
})

test('a node that stops, or that only receives, gets none', () => {
  const nodes = [node('a'), node('b', { delivers: false }), node('c')]
  expect(shares(nodes, 10)).toEqual([5, 0, 5])
  expect(shareOf(nodes, 'gone', { accounts: 10, leaseMs })).toBe(0)
})

test('nobody gives anything to a node that may be gone in a moment; it takes what is free up to its share', () => {
  const nodes = [node('a'), node('new', { livedMs: 1000 })]
  expect(shares(nodes, 10)).toEqual([10, 5])
  expect(shares([node('a'), node('new', { livedMs: 10_000 })], 10)).toEqual([5, 5])
})
