import { Box, Button, Group, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useTypeTitle } from '../../data/catalogue.ts'
import { useEntities } from '../../data/entities.ts'
import type { StoredSchedule } from '../../data/schedules.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { scheduleWords } from '../../words/schedules.ts'
import { shellWords } from '../../words/shell.ts'

/** What the clock raises, and when next. */
export function SchedulesPage() {
  const t = useWords(scheduleWords)
  const shell = useWords(shellWords)
  const title = useTypeTitle()
  const writes = useMay('schedules.write')
  const { data: schedules, error, refetch } = useEntities<StoredSchedule>('schedules')
  const add = writes && (
    <Button component={Link} to="/schedules/new" leftSection={<IconPlus size={18} aria-hidden />}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={shell('schedules')} text={t('text')}>
        {schedules !== undefined && schedules.length > 0 && add}
      </PageHeader>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {schedules === undefined && error === null && <Loading />}
      {schedules?.length === 0 && (
        <Empty title={t('empty')} text={t('emptyText')}>
          {add}
        </Empty>
      )}
      {schedules !== undefined && schedules.length > 0 && (
        <div className="rows-list" role="list" aria-label={shell('schedules')}>
          {schedules.map(({ id, name, cron, type, enabled, next }) => (
            <div key={id} role="listitem">
              <Link to={`/schedules/${id}`} className="row-link">
                <Group justify="space-between" wrap="nowrap" px="md" py="sm" align="flex-start">
                  <Box miw={0}>
                    <Text fw={550}>{name}</Text>
                    <Text size="sm" className="quiet">
                      {title(type)} · <span className="mono">{cron}</span>
                    </Text>
                  </Box>
                  <Text size="sm" className="quiet" ta="right">
                    {enabled === false ? t('off') : next === null ? t('never') : t('next')}
                    <br />
                    {enabled !== false && next !== null && <TimeText at={next} />}
                  </Text>
                </Group>
              </Link>
            </div>
          ))}
        </div>
      )}
    </>
  )
}
