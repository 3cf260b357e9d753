import { afterEach, describe, expect, test } from 'vitest'
import type { Setup } from '../core/index.ts'

/** What every engine has to do for the admin. `open` gives an empty one. */
export function describeSetup(
  engine: string,
  open: () => Promise<{ readonly config: Setup; close(): Promise<void> }>,
): void {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })
  const openEmpty = async () => {
    const one = await open()
    opened.push(one)
    return one
  }

  describe(`setting up on ${engine}`, () => {
    test('what is made together is there whole, or not at all', async () => {
      const { config } = await openEmpty()
      const acme = thingsOf('acme', 'wk_1')
      await config.addTogether(acme)
      // The source comes last, and its write key is another's.
      await expect(config.addTogether(thingsOf('beta', 'wk_1'))).rejects.toThrow('write key')
      expect(await config.workspaces()).toEqual([acme.workspace])
      expect(await config.stores('wsp_beta')).toEqual([])
      const beta = thingsOf('beta', 'wk_2')
      await config.addTogether(beta)
      expect(await config.workspaces()).toEqual([acme.workspace, beta.workspace])
      expect(await config.sources('wsp_beta')).toEqual([beta.source])
    })
  })
}

function thingsOf(key: string, writeKey: string) {
  const workspaceId = `wsp_${key}`
  const storeId = `sto_${key}`
  return {
    workspace: { id: workspaceId, name: key },
    store: { workspaceId, id: storeId, name: key, key },
    source: { workspaceId, id: `src_${key}`, storeId, name: 'Web', writeKey, enabled: true },
  }
}
