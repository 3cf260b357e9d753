import type { FastifyInstance } from 'fastify'
import { type Access, type Clock, installation, type KeyRing } from '../../core/index.ts'
import { localActs } from '../local-trail.ts'
import { Problem } from '../problem.ts'

export interface KeyParts {
  readonly keyRing: KeyRing
  readonly access: Access
  readonly clock: Clock
}

/** The keys that encrypt what is stored: asked on this machine alone. */
export function keyRoutes(parts: KeyParts) {
  const { keyRing } = parts
  const actOf = localActs(parts, { workspaceId: installation })
  // A ring is a file: what is done with it and its line in the trail cannot be one transaction.
  const remember = (...of: Parameters<typeof actOf>) => parts.access.note(actOf(...of))

  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/keys', async () => ({ keys: await keyRing.standing() }))

    app.post('/api/keys/rotate', async () => {
      const rotated = await keyRing.rotate()
      if (rotated === undefined) throw fixed()
      const keys = await keyRing.standing()
      await remember('keys.rotate', keys[0]!.id, { ...rotated })
      return { ...rotated, keys }
    })

    app.post('/api/keys/retire', async () => {
      const retired = await keyRing.retire()
      if (retired === undefined) throw fixed()
      if (retired.tooSoon) {
        throw new Problem(
          409,
          'too_soon',
          'The ring was changed within the last minute, and other nodes may still look at it. Wait a minute.',
        )
      }
      const { removed } = retired
      if (removed.length > 0) {
        await remember('keys.retire', removed.join(' '), { removed: [...removed] })
      }
      return { removed, keys: await keyRing.standing() }
    })
  }
}

function fixed(): Problem {
  return new Problem(
    409,
    'keys_in_environment',
    'The ring stands in TILLPOST_KEYS, which only you can change: add the new key at its end on every node and start ' +
      'them anew, then put it in front and start them anew. Each start encrypts what is left with the first key.',
  )
}
