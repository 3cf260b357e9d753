/**
 * Waits for all of them, also when one fails: what goes on after its transaction was undone would stand
 * outside of it. PostgreSQL is then told several things at once instead of one after each answer.
 */
export async function together<T extends readonly unknown[]>(
  works: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  const results = await Promise.allSettled(works)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    -readonly [Place in keyof T]: Awaited<T[Place]>
  }
}
