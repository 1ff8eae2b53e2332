import { Alert } from '@mantine/core'
import { IconFileCode, IconInfoCircle } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { Loading } from '../../components/loading.tsx'
import { useProfile } from '../../data/profile.ts'
import { HoursSection } from './hours-section.tsx'
import { OwnCard } from './own-card.tsx'
import { PreferencesSection } from './preferences-section.tsx'
import { Unsaved } from './section-form.ts'
import { WaysSection } from './ways-section.tsx'

/** The sections that are about one's own card: language, hours, ways, preferences. */
export function OwnSections() {
  const { data: profile, error, refetch } = useProfile()
  const [unsaved, setUnsaved] = useState<ReadonlySet<string>>(new Set())
  const report = useCallback(
    (section: string, dirty: boolean) =>
      setUnsaved((before) => {
        if (before.has(section) === dirty) return before
        return dirty ? new Set([...before, section]) : new Set([...before].filter((each) => each !== section))
      }),
    [],
  )
  if (profile === undefined && error !== null) return <Failure error={error} again={() => void refetch()} />
  if (profile === undefined) return <Loading />
  const locked = profile.locked !== null
  const own = { profile, locked }
  return (
    <Unsaved value={report}>
      <LeaveGuard when={unsaved.size > 0} />
      {profile.locked !== null && (
        <Alert
          variant="light"
          color="gray"
          icon={profile.user === null ? <IconInfoCircle aria-hidden /> : <IconFileCode aria-hidden />}
        >
          {profile.locked}
        </Alert>
      )}
      {profile.user !== null && (
        <>
          <OwnCard {...own} />
          <HoursSection {...own} />
          <WaysSection {...own} />
          <PreferencesSection {...own} />
        </>
      )}
    </Unsaved>
  )
}
