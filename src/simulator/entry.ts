import type { Json } from './json.ts'

/** A thing that an account holds: its attributes, and the ids of what it is related to. */
export interface Entry {
  readonly id: string
  created: number
  updated: number
  attributes: { [name: string]: Json }
  related: { [relation: string]: string[] }
}
