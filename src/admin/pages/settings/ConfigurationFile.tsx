import { Button, FileButton, Group } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { meant, textsIn } from '../../../core/plain.ts'
import { type AnswerOf, call, type Problem } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { useMay } from '../../place.ts'
import { words } from '../../words/settings.ts'
import { ImportPlan } from './ImportPlan.tsx'

type Workspace = AnswerOf<'getWorkspace'>

interface Chosen {
  readonly name: string
  readonly text: string
}

/** Out as a file, and in with a look at what that would do. */
export function ConfigurationFile({ workspace }: { readonly workspace: Workspace }) {
  const say = useWords(words)
  const canImport = useMay()('importConfiguration')
  const [chosen, setChosen] = useState<Chosen>()
  const download = useMutation<object, Problem>({
    mutationFn: () => call('exportConfiguration', { params: { workspaceId: workspace.id } }),
    onSuccess: (file) => saveAs(`${nameFor(workspace.name)}.tillpost.json`, file),
  })
  return (
    <Panel title={say.file} lead={say.fileLead}>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {say.download}
        </Button>
        {canImport && (
          // Of a new key with each file, so that the same one, mended, can be chosen again.
          <FileButton
            key={chosen?.text}
            accept="application/json,.json"
            onChange={(file) => {
              void file?.text().then((text) => setChosen({ name: file.name, text }))
            }}
          >
            {(props) => (
              <Button variant="default" {...props}>
                {say.choose}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      <ProblemNote problem={download.error} />
      {chosen !== undefined && (
        <ImportPlan
          key={chosen.text}
          fileName={chosen.name}
          text={chosen.text}
          onClose={() => setChosen(undefined)}
        />
      )}
    </Panel>
  )
}

function nameFor(workspaceName: string): string {
  return (
    workspaceName
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'workspace'
  )
}

function saveAs(name: string, content: object): void {
  const text = `${JSON.stringify(textsIn(content, meant), null, 2)}\n`
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
