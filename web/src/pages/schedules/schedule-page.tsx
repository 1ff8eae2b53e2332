import { Box, Button, Fieldset, Group, MultiSelect, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useNavigate, useParams } from 'react-router'
import { useEntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useTimeZone } from '../../components/time-text.tsx'
import { ZoneInput } from '../../components/zone-input.tsx'
import { useCatalogue } from '../../data/catalogue.ts'
import { useEntity } from '../../data/entities.ts'
import type { StoredSchedule } from '../../data/schedules.ts'
import { useMay } from '../../data/session.ts'
import { formatOf } from '../../data/wall-time.ts'
import { language, useWords } from '../../i18n.ts'
import { scheduleWords } from '../../words/schedules.ts'
import { shellWords } from '../../words/shell.ts'
import { ConditionBuilder } from '../rules/condition-builder.tsx'
import { readSchedule, writeSchedule, type ScheduleValues } from './schedule-values.ts'

const QUICK = {
  daily: '0 9 * * *',
  weekdays: '0 18 * * mon-fri',
  weekly: '0 10 * * mon',
  monthly: '0 10 1 * *',
} as const

/** One schedule, or a new one. */
export function SchedulePage() {
  const { id } = useParams()
  const found = useEntity<StoredSchedule>('schedules', id === 'new' ? undefined : id)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== 'new' && found.data === undefined) return <Loading />
  return <ScheduleForm key={id} schedule={id === 'new' ? undefined : found.data} />
}

function ScheduleForm({ schedule }: { readonly schedule: StoredSchedule | undefined }) {
  const t = useWords(scheduleWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const writes = useMay('schedules.write')
  const entityForm = useEntityForm<ScheduleValues, StoredSchedule>({
    section: 'schedules',
    entity: schedule,
    read: readSchedule,
    write: (values) => writeSchedule(values, schedule),
  })
  const { form } = entityForm
  const locked = schedule?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <Box maw={760}>
      <PageHeader title={schedule?.name ?? t('newTitle')} up={{ to: '/schedules', title: shell('schedules') }} />
      <FormFrame
        form={entityForm}
        dirty={form.isDirty()}
        locked={locked}
        actions={
          schedule !== undefined && (
            <RemoveButton
              section="schedules"
              id={schedule.id}
              name={schedule.name}
              then={() => void go('/schedules')}
            />
          )
        }
      >
        <TextInput label={t('name')} {...form.getInputProps('name')} />
        <Switch label={t('enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <Fieldset legend={t('when')}>
          <Stack>
            <Group gap="xs" role="group" aria-label={t('quick')}>
              {(['daily', 'weekdays', 'weekly', 'monthly'] as const).map((key) => (
                <Button key={key} size="xs" variant="default" onClick={() => form.setFieldValue('cron', QUICK[key])}>
                  {t(key)}
                </Button>
              ))}
            </Group>
            <TextInput
              label={t('cron')}
              description={t('cronHint')}
              classNames={{ input: 'mono' }}
              {...form.getInputProps('cron')}
            />
            <ZoneInput
              label={t('timeZone')}
              description={t('timeZoneHint')}
              value={form.values.timeZone}
              onChange={(zone) => form.setFieldValue('timeZone', zone)}
              error={form.errors['timeZone']}
            />
            {schedule !== undefined && !form.isDirty() && <NextTimes times={schedule.nextTimes} />}
          </Stack>
        </Fieldset>
        <What form={form} />
      </FormFrame>
    </Box>
  )
}

/** The next times of a saved schedule: whether its expression says what was meant. */
function NextTimes({ times }: { readonly times: readonly string[] }) {
  const t = useWords(scheduleWords)
  const timeZone = useTimeZone()
  if (times.length === 0) return <Text size="sm">{t('never')}</Text>
  const format = formatOf(language(), { dateStyle: 'full', timeStyle: 'short', timeZone })
  return (
    <Text size="sm" component="div">
      {t('nextTimes')}
      <ul className="plain">
        {times.map((at) => (
          <li key={at}>
            <time dateTime={at}>{format.format(new Date(at))}</time>
          </li>
        ))}
      </ul>
    </Text>
  )
}

function What({ form }: { readonly form: ReturnType<typeof useEntityForm<ScheduleValues, StoredSchedule>>['form'] }) {
  const t = useWords(scheduleWords)
  const { data: catalogue = [] } = useCatalogue()
  const types = catalogue.map(({ name, title }) => ({ value: name, label: title[language()] }))
  const { values, errors } = form
  return (
    <Fieldset legend={t('what')}>
      <Stack>
        <Select label={t('type')} data={types} searchable allowDeselect={false} {...form.getInputProps('type')} />
        <TextInput label={t('subject')} description={t('subjectHint')} {...form.getInputProps('subject')} />
        <Switch
          label={t('summary')}
          description={t('summaryHint')}
          {...form.getInputProps('summary', { type: 'checkbox' })}
        />
        {values.summary && (
          <>
            <MultiSelect
              label={t('types')}
              description={t('typesHint')}
              data={types}
              searchable
              {...form.getInputProps('types')}
              error={errors['summary.types']}
            />
            <div>
              <Text size="sm" fw={500} mb={4}>
                {t('condition')}
              </Text>
              <ConditionBuilder
                value={values.when}
                types={values.types}
                onChange={(when) => form.setFieldValue('when', () => when)}
                error={(path) => errors[['summary.when', ...path].join('.')]}
              />
            </div>
          </>
        )}
      </Stack>
    </Fieldset>
  )
}
