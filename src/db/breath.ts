/** Lets everything else that waits have its turn: for long work done in steps. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
