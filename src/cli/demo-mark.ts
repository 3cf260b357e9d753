import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Says that a data folder is the demo's: its keys are the simulator's, so nothing but the demo may run on
 * it, and the demo may not run on another one.
 */
export interface DemoMark {
  /** When the recorded day was played to its end; undefined: not yet. */
  readonly playedAt?: string
}

export function readDemoMark(dataDir: string): DemoMark | undefined {
  try {
    const mark: DemoMark = JSON.parse(readFileSync(fileIn(dataDir), 'utf8'))
    return mark
  } catch {
    return undefined
  }
}

export function writeDemoMark(dataDir: string, mark: DemoMark): void {
  writeFileSync(fileIn(dataDir), `${JSON.stringify(mark)}\n`)
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'demo.json')
}
