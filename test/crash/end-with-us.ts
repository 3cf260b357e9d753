import type { ChildProcess } from 'node:child_process'

const alive = new Set<ChildProcess>()

/** Kills the process at the end of this one, also when somebody interrupts it. */
export function endWithUs(child: ChildProcess): void {
  alive.add(child)
  child.once('exit', () => alive.delete(child))
}

function endAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

process.once('exit', endAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll()
    process.exit(1)
  })
}
