import type { Act, Connection, Engine } from '../core/index.ts'
import { endInstall, type InstallParts } from './install/end-install.ts'
import { Problem } from './problem.ts'

export interface SwitchParts extends InstallParts {
  readonly engine: Engine
}

export type Step = 'pause' | 'resume' | 'disconnect'

export const steps: readonly Step[] = ['pause', 'resume', 'disconnect']

/**
 * Pauses a connection, ends it, or lets it go on. Going on also tries an account again whose key was
 * refused: whoever asks for it may have mended it at Klaviyo.
 */
export async function switchConnection(
  parts: SwitchParts,
  connection: Connection,
  step: Step,
  act?: Act,
): Promise<void> {
  const { config, engine } = parts
  const { workspaceId, id, destinationId, state } = connection
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
  if (step === 'disconnect') await endInstall(parts, connection)
}
