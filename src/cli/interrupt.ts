/**
 * Resolves at the first Ctrl-C or SIGTERM. From then on a second one ends the process at once.
 * Two within half a second count as one: npm passes on what the terminal has sent already.
 */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const onSignal = () => {
      if (first === undefined) {
        first = performance.now()
        resolve()
      } else if (performance.now() - first > 500) {
        process.exit(130)
      }
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}
