import { type ComponentType, lazy } from 'react'

/**
 * A part that is fetched when it is first shown. Where that fails, as after an upgrade of the server, `otherwise` stands
 * there, and the page with what was typed in it stays.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  otherwise: ComponentType<Props> = () => null,
) {
  return lazy(async () => ({ default: await load().catch(() => otherwise) }))
}
