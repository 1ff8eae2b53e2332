import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useWorkspaces } from '../../data/workspaces.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { workspaceWords } from '../../words/workspaces.ts'
import { MakeWorkspace } from './make-workspace.tsx'
import { WorkspaceLine } from './workspace-line.tsx'

const ORDER = { active: 0, blocked: 1, removed: 2 } as const

/** The companies of the installation, for its operator. */
export function WorkspacesPage() {
  const t = useWords(workspaceWords)
  const shell = useWords(shellWords)
  const { data: workspaces, error, refetch } = useWorkspaces()
  const [making, setMaking] = useState(false)
  return (
    <>
      <PageHeader title={shell('workspaces')} text={t('text')}>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)}>
          {t('add')}
        </Button>
      </PageHeader>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {workspaces === undefined && error === null && <Loading />}
      {workspaces !== undefined && (
        <div className="rows-list" role="list" aria-label={shell('workspaces')}>
          {workspaces
            .toSorted((a, b) => ORDER[a.state] - ORDER[b.state])
            .map((workspace) => (
              <WorkspaceLine key={workspace.name} workspace={workspace} />
            ))}
        </div>
      )}
      {making && <MakeWorkspace close={() => setMaking(false)} />}
    </>
  )
}
