import type { Act, Config, Connection, Engine } from '../core/index.ts'
import { Problem } from './problem.ts'

export type Step = 'pause' | 'resume' | 'disconnect'

export const steps: readonly Step[] = ['pause', 'resume', 'disconnect']

/**
 * Pauses a connection, ends it, or lets it go on. Going on also tries an account again whose key was
 * refused: whoever asks for it may have mended it at Klaviyo.
 */
export async function switchConnection(
  { config, engine }: { readonly config: Config; readonly engine: Engine },
  { workspaceId, id, destinationId, state }: Connection,
  step: Step,
  act?: Act,
): Promise<void> {
  if (state === 'disconnected' && step !== 'disconnect') {
    throw new Problem(
      409,
      'disconnected',
      'The connection was disconnected: what waited has ended as not sent. Make a new one: tillpost init',
    )
  }
  const states = { pause: 'paused', resume: 'connected', disconnect: 'disconnected' } as const
  await config.changeState(workspaceId, id, states[step], act)
  if (step === 'resume') await config.markDestination(workspaceId, destinationId, undefined)
  await engine.reload()
}
