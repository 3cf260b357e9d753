import { setTimeout as sleep } from 'node:timers/promises'
import { type ReasonCode, reasons } from '../core/index.ts'
import { interrupted } from './interrupt.ts'
import { startProgress } from './progress.ts'
import { ask } from './running.ts'
import { count, counted, note, print, printJson, yellow } from './terminal.ts'
import { Failure } from './failure.ts'

/** A replay or a discard, as the server tells of it. */
export interface Run {
  readonly id: string
  readonly act: 'replay' | 'discard'
  readonly reason?: string
  readonly state: 'running' | 'done' | 'cancelled'
  readonly total: number
  readonly taken: number
  readonly accepted: number
  readonly later: number
  readonly ended: number
  readonly askedAt?: string
  /** Nothing goes out at this moment, for that reason. */
  readonly waitsFor?: ReasonCode
}

/** What the server answers when it is asked for all of a reason. */
export interface Asked {
  readonly count: number
  /** False: another one runs, and is `run`. Without either there was nothing to do. */
  readonly begun?: boolean
  readonly run?: Run
  /** Why there is nothing to do, where more is known than that. */
  readonly says?: string
}

/** What the server answers for a selection. */
export interface Done {
  readonly count: number
  /** Message ids that name no event. */
  readonly unknown: readonly string[]
  /** What is not sent again, and why. */
  readonly left: readonly { readonly messageId: string; readonly says: string }[]
}

export interface ErrandOptions {
  readonly reason?: string
  readonly all?: true
  readonly connection?: string
  readonly dryRun?: true
  readonly json?: true
}

/** The one thing that was chosen. Throws a `Failure` when it is not exactly one. */
export function wantedOf(
  act: Run['act'],
  messageIds: readonly string[],
  { reason, all, connection, dryRun }: ErrandOptions,
): object {
  const wanted = [
    ...(messageIds.length > 0 ? [{ messageIds }] : []),
    ...(reason === undefined ? [] : [{ reason }]),
    ...(all === true ? [{ all }] : []),
  ]
  if (reason !== undefined && !Object.hasOwn(reasons, reason)) {
    throw new Failure(
      `There is no reason ${JSON.stringify(reason)}. \`tillpost failed\` shows those that there are, docs/outcomes.md all.`,
      2,
    )
  }
  const [only] = wanted
  if (only === undefined || wanted.length > 1) {
    throw new Failure(`Say what to ${act}: message ids, or --reason, or --all.`, 2)
  }
  if (dryRun === true && messageIds.length > 0) {
    throw new Failure('--dry-run counts what --reason or --all comes to.', 2)
  }
  return { ...only, ...(connection === undefined ? {} : { connection }), ...(dryRun && { dryRun }) }
}

/** Tells what came of a selection. */
export function tellDone(done: Done, json: boolean, sentence: string): void {
  const { count: number, unknown, left } = done
  if (json) printJson(done)
  else if (number > 0 || left.length === 0) print(`${counted(number, 'event')} ${sentence}`)
  for (const id of unknown) note(yellow(`There is no event ${id}.`))
  for (const { messageId, says } of left) note(yellow(`${messageId}: ${says}`))
  if (unknown.length + left.length > 0) process.exitCode = 1
}

/**
 * Shows how far a run has got, until it ends. The first Ctrl-C only ends the showing: what was asked for goes
 * on at the server, whoever looks.
 */
export async function watch(url: string, asked: Run, connection: string | undefined): Promise<Run> {
  const query = connection === undefined ? '' : `?connection=${encodeURIComponent(connection)}`
  const label = asked.act === 'replay' ? 'Replaying' : 'Letting go'
  const progress = startProgress({ label, total: asked.total, unit: 'events' })
  const stop = interrupted().then(() => 'interrupted' as const)
  let run = asked
  let told: ReasonCode | undefined
  while (run.state === 'running') {
    progress.at(doneOf(run))
    if (run.waitsFor !== undefined && run.waitsFor !== told) note(yellow(waitsLine(run.waitsFor)))
    told = run.waitsFor
    if ((await Promise.race([stop, sleep(250)])) === 'interrupted') {
      progress.end()
      note(`It goes on at the server. To end it: tillpost replay --cancel`)
      return run
    }
    const { runs } = await ask<{ readonly runs: readonly Run[] }>(url, `/api/runs${query}`)
    run = runs.find(({ id }) => id === asked.id) ?? run
  }
  progress.at(doneOf(run))
  progress.end()
  return run
}

/** It shows no progress: why, and when it goes on. */
export function waitsLine(reason: ReasonCode): string {
  const { sentence, todo } = reasons[reason]
  return `It waits, and goes on by itself after that: ${sentence} ${todo}`
}

export function doneOf({ act, taken, accepted, later, ended }: Run): number {
  return act === 'replay' ? accepted + later + ended : taken
}

export function sentenceOf({ act, state, taken, accepted, later, ended }: Run): string {
  if (act === 'discard') return `${counted(taken, 'event')} discarded.`
  const parts = [`${count(accepted)} accepted`, `${count(ended)} ended again`]
  if (later > 0) parts.push(`${count(later)} to be tried later`)
  return `${state === 'cancelled' ? 'Cancelled: ' : ''}${parts.join(', ')}.`
}
