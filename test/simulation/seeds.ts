import { parentPort, workerData } from 'node:worker_threads'
import { play } from './play.ts'

/** Which seeds a thread plays: every `step`-th of them. */
export interface Seeds {
  readonly first: number
  readonly last: number
  readonly step: number
}

const { first, last, step } = workerData as Seeds
for (let seed = first; seed <= last; seed += step) {
  const { trace: _trace, ...played } = await play(seed)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(played)
  if (played.wrong.length > 0) break
}
