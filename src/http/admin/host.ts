import * as api from '../../api/index.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

export function serveHost(serve: Serve, parts: AdminParts): void {
  const { klaviyo, publicUrl, support } = parts

  serve(api.getHost, async () => ({
    publicUrl: publicUrl(),
    klaviyoApp: klaviyo.app !== undefined,
    ...(support === undefined ? {} : { support }),
  }))
}
