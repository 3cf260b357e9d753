import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What the figures were got on. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = (totalmem() / 1024 ** 3).toFixed(0)
  return `${availableParallelism()} × ${model}, ${memory} GB, Node ${process.version}, ${process.platform}`
}

/** Of the last minute, five and fifteen. Above the number of processors others were at work too. */
export function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ')
}
