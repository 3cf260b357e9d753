import { count, dim, green } from './terminal.ts'

/** How far a long piece of work has got, on stderr: a bar in a terminal, plain lines elsewhere. */
export interface Progress {
  at(done: number): void
  /** Leaves the last state standing. */
  end(): void
}

export interface ProgressOptions {
  readonly label: string
  readonly total: number
  /** What is counted, in the plural. */
  readonly unit: string
}

interface Out {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export function startProgress(options: ProgressOptions, out: Out = process.stderr): Progress {
  return out.isTTY === true ? bar(options, out) : lines(options, out)
}

const barCells = 28
const redrawMs = 60

function bar({ label, total, unit }: ProgressOptions, out: Out): Progress {
  let done = 0
  let drawnAt = 0
  const draw = () => {
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const full = Math.round(share * barCells)
    const cells = green('━'.repeat(full)) + dim('━'.repeat(barCells - full))
    const figures = `${count(done).padStart(count(total).length)} of ${count(total)} ${unit}`
    out.write(`\r\u001B[K  ${label}  ${cells}  ${figures}`)
    drawnAt = performance.now()
  }
  draw()
  return {
    at(now) {
      done = now
      if (performance.now() - drawnAt >= redrawMs) draw()
    },
    end() {
      draw()
      out.write('\n')
    },
  }
}

const lineEveryMs = 5000

function lines({ label, total, unit }: ProgressOptions, out: Out): Progress {
  let done = 0
  let writtenAt = performance.now()
  const write = () => {
    out.write(`${label.trim()}: ${count(done)} of ${count(total)} ${unit}\n`)
    writtenAt = performance.now()
  }
  return {
    at(now) {
      done = now
      if (done < total && performance.now() - writtenAt >= lineEveryMs) write()
    },
    end: write,
  }
}
