import { Navigate } from '@tanstack/react-router'
import { useWords } from '../language.ts'
import { useMay, useMe, useWorkspace } from '../place.ts'
import { addressOfPage, listed } from '../routes.tsx'
import { words } from '../words/parts.ts'
import { Empty } from './Empty.tsx'

/** `/admin`: on to the workspace that was looked at last, and its first page. */
export function Start() {
  const me = useMe().data
  const workspace = useWorkspace()
  const may = useMay()
  const say = useWords(words)
  if (me === undefined) return null
  if (workspace === undefined) {
    if (me.member?.operator === true) return <Navigate to="/admin/begin" replace />
    return (
      <Empty isPage icon="store" title={say.noWorkspace}>
        {say.noWorkspaceTodo}
      </Empty>
    )
  }
  const [first] = listed.filter(
    ([, { label, permission }]) => label !== undefined && may(permission ?? 'read'),
  )
  return <Navigate to={addressOfPage(workspace.id, first![0])} replace />
}
