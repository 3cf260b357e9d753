import { drop, load, save } from './storage.ts'
import type { Fields } from './tillpost.ts'

let loaded: Promise<unknown> | undefined

/**
 * Loads Klaviyo's own script, unless the page has it already, and tells it of a login that it has not
 * heard of yet: one that `rememberLogin` kept, on this page or the one before. `report` hears the result.
 */
export async function loadKlaviyo(
  url: string,
  report: (login: string, result: string) => void,
): Promise<void> {
  const page = window as { klaviyo?: { identify(person: Fields): Promise<unknown> } }
  loaded ??= new Promise((resolve) => {
    if (page.klaviyo) return resolve(true)
    const onerror = () => resolve(false)
    const script = document.createElement('script')
    document.head.append(Object.assign(script, { src: url, onload: resolve, onerror }))
  })
  const isLoaded = await loaded
  const kept = load<[string, Fields]>(key)
  if (!kept) return
  let result = 'blocked'
  try {
    if (isLoaded) {
      await page.klaviyo!.identify(kept[1])
      result = 'ok'
    }
  } catch (error) {
    result = `failed: ${String(error)}`
  }
  drop(key)
  report(kept[0], result)
}

export function rememberLogin(login: string, person: Fields): void {
  save(key, [login, person])
}

const key = 'tp.login'
