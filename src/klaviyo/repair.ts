import type { Action, ReasonCode, Way } from '../core/index.ts'
import type { KlaviyoError } from './errors.ts'
import { isNamed, type Repair } from './profile.ts'
import type { Repairs, RequestBody } from './request.ts'
import { channelsOf } from './subscriptions.ts'

/**
 * What can be changed so that Klaviyo takes more of the request: a phone number left out, another profile
 * aimed at. Undefined when nothing can that was not tried before.
 */
export function repairsFor(
  errors: readonly KlaviyoError[],
  sent: { readonly way: Way; readonly actions: readonly Action[]; readonly body: RequestBody },
  done: Repairs,
): Repairs | undefined {
  const repairs = new Map(done)
  let isNew = false
  for (const error of errors) {
    const more = repairOf(error, sent.way)
    if (!more) continue
    for (const index of sent.body.actionsAt(error.pointer)) {
      const action = sent.actions[index]
      const before = repairs.get(index)
      if (!action || isIn(more, before)) continue
      const repair = { ...before, ...more }
      if (!canGo(action, repair)) continue
      repairs.set(index, repair)
      isNew = true
    }
  }
  return isNew ? repairs : undefined
}

/** What the repairs changed, for the events' own stories. */
export function notesOf(
  repairs: Repairs,
  actions: readonly Action[],
): readonly { readonly index: number; readonly note: ReasonCode }[] {
  return [...repairs].flatMap(([index, repair]) => [
    ...(repair.withoutPhone && actions[index]?.profile.identifiers.phone !== undefined
      ? [{ index, note: 'phone_left_out' as const }]
      : []),
    ...(repair.profileId === undefined ? [] : [{ index, note: 'profile_conflict' as const }]),
  ])
}

export function isPhoneError({ pointer, detail }: KlaviyoError): boolean {
  if (pointer.endsWith('/phone_number')) return true
  // Klaviyo sometimes points at the whole.
  return /^(\/data(\/attributes)?\/?)?$/.test(pointer) && /\bphone[ _]number\b/i.test(detail)
}

function repairOf(error: KlaviyoError, way: Way): Repair | undefined {
  if (error.duplicateProfileId !== undefined && way !== 'subscribe' && way !== 'unsubscribe') {
    return { profileId: error.duplicateProfileId }
  }
  return isPhoneError(error) ? { withoutPhone: true } : undefined
}

/** Whether enough is left to send. */
function canGo(action: Action, repair: Repair): boolean {
  switch (action.type) {
    case 'event':
    case 'profile':
      return isNamed(action.profile.identifiers, action.type, repair)
    case 'subscribe':
    case 'unsubscribe':
      return channelsOf(action, repair).length > 0
  }
}

function isIn(more: Repair, before: Repair | undefined): boolean {
  return more.withoutPhone ? before?.withoutPhone === true : before?.profileId !== undefined
}
