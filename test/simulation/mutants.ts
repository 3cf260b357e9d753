import type { Journal, Journaled, Settlement } from '../../src/core/index.ts'
import type { ModelJournal } from './journal.ts'
import type { Mutant } from './world.ts'

const nodesThatSleep = { alone: false, nodes: 3, pauses: 0.8 } as const
const nodesThatDie = { alone: true, nodes: 1, kills: 0.4 } as const

/**
 * Journals that break one promise each. Whoever delivers on them has to be found out: a simulation that is
 * green on these would prove nothing.
 */
export const mutants: Readonly<Record<string, Mutant>> = {
  'no fence: a former owner may settle too': {
    faults: nodesThatSleep,
    around: (model) => ({
      ...wholeOf(model),
      settle: (settlement) => {
        const cursor = cursorOf(model, settlement)
        if (cursor === undefined || cursor.fence === settlement.fence)
          return model.settle(settlement)
        const { fromSeq: _fromSeq, ...rest } = settlement
        return model.settle({ ...rest, fence: cursor.fence, accountId: cursor.accountId })
      },
    }),
  },

  'no intent: a batch is announced to nobody': {
    faults: nodesThatDie,
    around: (model) => ({ ...wholeOf(model), intend: async () => true }),
  },

  'numbers by a sequence: they become visible out of order': {
    faults: {},
    around: (model, chance, schedule) => {
      const hiddenUntil = new Map<string, number>()
      return {
        ...wholeOf(model),
        append: async (events) => {
          const appended = await model.append(events)
          for (const [place, { sourceId, lane }] of events.entries()) {
            const seq = appended[place]?.seq
            if (chance.happens(0.3))
              hiddenUntil.set(`${sourceId} ${lane} ${seq}`, schedule.now + chance.span(0, 3000))
          }
          return appended
        },
        read: async (...args) =>
          (await model.read(...args)).filter(
            (journaled) => (hiddenUntil.get(nameOf(journaled)) ?? 0) <= schedule.now,
          ),
      }
    },
  },

  'a cursor goes past a gap: a read skips a number': {
    faults: {},
    around: (model, chance) => ({
      ...wholeOf(model),
      read: async (...args) => {
        const read = await model.read(...args)
        const skipped = chance.happens(0.1) ? chance.whole(0, read.length - 1) : -1
        return read.filter((_, place) => place !== skipped || read.length === 1)
      },
    }),
  },

  'a settlement is applied twice': {
    faults: {},
    around: (model) => ({
      ...wholeOf(model),
      settle: async (settlement) => {
        const settled = await model.settle(settlement)
        const { fromSeq: _fromSeq, ...again } = settlement
        if (settled) await model.settle(again).catch(() => false)
        return settled
      },
    }),
  },
}

function nameOf({ sourceId, lane, seq }: Journaled): string {
  return `${sourceId} ${lane} ${seq}`
}

/** Everything as it is. */
function wholeOf(model: ModelJournal): Journal {
  return {
    append: (...args) => model.append(...args),
    refuse: (...args) => model.refuse(...args),
    read: (...args) => model.read(...args),
    heads: (...args) => model.heads(...args),
    readSome: (...args) => model.readSome(...args),
    successors: (...args) => model.successors(...args),
    waitingGuest: (...args) => model.waitingGuest(...args),
    endGuests: (place) => model.endGuests(place),
    links: (...args) => model.links(...args),
    join: (...args) => model.join(...args),
    renew: (...args) => model.renew(...args),
    retire: (...args) => model.retire(...args),
    leave: (...args) => model.leave(...args),
    look: (...args) => model.look(...args),
    claim: (...args) => model.claim(...args),
    release: (...args) => model.release(...args),
    hint: (...args) => model.hint(...args),
    adopt: (...args) => model.adopt(...args),
    intend: (...args) => model.intend(...args),
    settle: (...args) => model.settle(...args),
    due: (...args) => model.due(...args),
    nextDue: (...args) => model.nextDue(...args),
    latest: (...args) => model.latest(...args),
    replay: (key, seqs, now) => model.replay(key, seqs, now),
    discard: (key, seqs) => model.discard(key, seqs),
    countFor: (...args) => model.countFor(...args),
    begin: (place, errand, now) => model.begin(place, errand, now),
    proceed: (...args) => model.proceed(...args),
    cancel: (place, id, now) => model.cancel(place, id, now),
    errands: (...args) => model.errands(...args),
    expireFailed: (...args) => model.expireFailed(...args),
    failedNotice: (...args) => model.failedNotice(...args),
    causes: (...args) => model.causes(...args),
    failed: (...args) => model.failed(...args),
    standing: (...args) => model.standing(...args),
    events: (...args) => model.events(...args),
    search: (...args) => model.search(...args),
    story: (...args) => model.story(...args),
    exchanges: (...args) => model.exchanges(...args),
    refusedCounts: (...args) => model.refusedCounts(...args),
    refusedNewest: (...args) => model.refusedNewest(...args),
    retain: (...args) => model.retain(...args),
    close: async () => {},
  }
}

function cursorOf(model: ModelJournal, { cursor }: Settlement) {
  return model.cursors.get(`${cursor.workspaceId} ${cursor.connectionId} ${cursor.lane}`)
}
