import * as api from '../../api/index.ts'
import { type Identifiers, type Mask, maskOf, unmasked } from '../../core/index.ts'
import type { Caller } from '../access/caller.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import type { Ask, Serve } from './serve.ts'

/** So long people's details are shown to whoever said why. */
const revealMs = 10 * 60_000

type Looking = Pick<Ask<{ readonly workspaceId: string }, unknown, unknown>, 'params' | 'caller'> &
  Pick<Ask<unknown, unknown, unknown>, 'may' | 'act' | 'now'>

/** People are masked, until somebody who may see them says why. */
export function serveReveal(serve: Serve, parts: AdminParts): void {
  const { access } = parts

  serve(api.getReveal, async (ask) => {
    const until = await revealedUntil(parts, ask)
    return { may: ask.may('reveal'), ...(until === undefined ? {} : { until: isoOf(until) }) }
  })

  serve(api.revealPeople, async (ask) => {
    const { params, body, now } = ask
    const until = now + revealMs
    await access.putReveal(
      { workspaceId: params.workspaceId, callerId: callerIdOf(ask.caller), until },
      // Whoever types the reason may type an address: the trail is kept for ever.
      ask.act('people.reveal', body.event, {
        after: { reason: maskOf().text(body.reason.trim()), until: isoOf(until) },
      }),
    )
    return { until: isoOf(until) }
  })

  serve(api.hidePeople, async (ask) => {
    const until = await revealedUntil(parts, ask)
    if (until === undefined) return
    await access.putReveal(
      { workspaceId: ask.params.workspaceId, callerId: callerIdOf(ask.caller), until: ask.now },
      ask.act('people.hide'),
    )
  })
}

/** How people are shown to somebody; `may`: the role lets them be seen at all. */
export interface Eyes {
  (known?: Identifiers): Mask
  readonly may: boolean
}

/**
 * How people are shown to the caller. A look at their details is in the trail, with what was looked at.
 *
 * @param target the message id, or what else it was
 */
export async function eyesOf(
  parts: Pick<AdminParts, 'access'>,
  ask: Looking,
  target: string,
): Promise<Eyes> {
  const may = ask.may('reveal')
  const until = await revealedUntil(parts, ask)
  if (until === undefined) return Object.assign((known?: Identifiers) => maskOf(known), { may })
  if (isFirst(parts.access, [ask.params.workspaceId, callerIdOf(ask.caller), until, target]))
    await parts.access.note(ask.act('people.look', target))
  return Object.assign(() => unmasked, { may })
}

const noted = new WeakMap<object, Set<string>>()
const mostNoted = 10_000

/** A page that is open asks again and again: that is one look. */
function isFirst(access: object, look: readonly (string | number)[]): boolean {
  const looks = noted.get(access) ?? new Set<string>()
  noted.set(access, looks)
  const name = look.join(' ')
  if (looks.has(name)) return false
  if (looks.size >= mostNoted) looks.clear()
  looks.add(name)
  return true
}

async function revealedUntil(
  { access }: Pick<AdminParts, 'access'>,
  { params, caller, may, now }: Looking,
): Promise<number | undefined> {
  // Asked each time: a role may have changed since.
  if (!may('reveal')) return undefined
  return (await access.reveal(params.workspaceId, callerIdOf(caller), now))?.until
}

function callerIdOf(caller: Caller | undefined): string {
  if (caller === undefined) return ''
  return caller.type === 'member' ? caller.session.id : caller.token.id
}
