import { Box, Button, Fieldset, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import type { Schedule } from '@nabat/api/rule.ts'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useEntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Hours } from '../../components/hours.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useTimeZone } from '../../components/time-text.tsx'
import { useEntity, type Stored } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import type { StoredSilence } from '../../data/silences.ts'
import { fromWall, toWall } from '../../data/wall-time.ts'
import { language, say, useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { silenceWords } from '../../words/silences.ts'
import { ConditionBuilder } from '../rules/condition-builder.tsx'
import { quickEnds } from './quick-ends.ts'

/** Fields of the form; times on the clock of the person's zone. */
interface Values {
  readonly name: string
  readonly comment: string
  readonly when: unknown
  readonly from: string
  readonly until: string
  readonly schedule: Schedule | null
}

/** What the address asks to be silent about: `?type=`, `?subject=`, `?incident=`. */
function conditionIn(search: URLSearchParams): unknown {
  const parts = ['type', 'subject', 'incident'].flatMap((field) => {
    const value = search.get(field)
    return value === null ? [] : [{ field, op: 'eq', value }]
  })
  return parts.length < 2 ? parts[0] : { all: parts }
}

/** One silence, or a new one. */
export function SilencePage() {
  const { id } = useParams()
  const found = useEntity<StoredSilence>('silences', id === 'new' ? undefined : id)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== 'new' && found.data === undefined) return <Loading />
  return <SilenceForm key={id} silence={id === 'new' ? undefined : found.data} />
}

function SilenceForm({ silence }: { readonly silence: StoredSilence | undefined }) {
  const t = useWords(silenceWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const timeZone = useTimeZone()
  const [search] = useSearchParams()
  const writes = useMay('silences.write')
  const read = (entity: (StoredSilence & Stored) | undefined): Values => ({
    name: entity?.name ?? newName(timeZone),
    comment: entity?.comment ?? '',
    when: entity === undefined ? conditionIn(search) : entity.when,
    from: toWall(entity?.from, timeZone),
    until: toWall(entity?.until ?? quickEnds(Date.now(), timeZone).hours4, timeZone),
    schedule: entity?.schedule ?? null,
  })
  const entityForm = useEntityForm<Values, StoredSilence>({
    section: 'silences',
    entity: silence,
    read,
    write: ({ name, comment, when, from, until, schedule }) => ({
      name,
      comment,
      when: when ?? { all: [] },
      until: fromWall(until, timeZone) ?? until,
      ...(from === '' ? {} : { from: fromWall(from, timeZone) ?? from }),
      ...(schedule === null ? {} : { schedule }),
    }),
    saved: () => void go('/silences'),
  })
  const { form } = entityForm
  const { values, errors } = form
  const locked = silence?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <>
      <PageHeader title={silence?.name ?? t('newTitle')} up={{ to: '/silences', title: shell('silences') }} />
      <Box maw={760}>
        <FormFrame
          form={entityForm}
          dirty={form.isDirty()}
          locked={locked}
          actions={
            silence !== undefined && (
              <RemoveButton section="silences" id={silence.id} name={silence.name} then={() => void go('/silences')} />
            )
          }
        >
          <Stack>
            <Textarea
              label={t('comment')}
              description={t('commentHint')}
              autosize
              minRows={2}
              data-autofocus
              {...form.getInputProps('comment')}
            />
            <TextInput label={t('name')} {...form.getInputProps('name')} />
          </Stack>
          <Fieldset legend={t('what')}>
            {values.when === undefined && <Text size="sm">{t('everything')}</Text>}
            <ConditionBuilder
              value={values.when}
              onChange={(when) => form.setFieldValue('when', () => when)}
              error={(path) => errors[['when', ...path].join('.')]}
            />
          </Fieldset>
          <Fieldset legend={t('when')}>
            <Stack>
              <Quick choose={(at) => form.setFieldValue('until', toWall(at, timeZone))} timeZone={timeZone} />
              <Group align="flex-start">
                <TextInput
                  type="datetime-local"
                  label={t('from')}
                  description={t('fromHint')}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  {...form.getInputProps('from')}
                />
                <TextInput type="datetime-local" label={t('to')} {...form.getInputProps('until')} />
              </Group>
              <Hours
                label={t('hours')}
                schedule={values.schedule}
                change={(schedule) => form.setFieldValue('schedule', schedule)}
                error={errors['schedule'] ?? errors['schedule.from'] ?? errors['schedule.to']}
              />
            </Stack>
          </Fieldset>
        </FormFrame>
      </Box>
    </>
  )
}

const newName = (timeZone: string): string =>
  say(silenceWords, 'defaultName', {
    date: new Date().toLocaleString(language(), {
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
    }),
  })

function Quick({ choose, timeZone }: { readonly choose: (at: string) => void; readonly timeZone: string }) {
  const t = useWords(silenceWords)
  return (
    <Group gap="xs" role="group" aria-label={t('quick')}>
      {(['hour1', 'hours4', 'morning', 'monday'] as const).map((key) => (
        <Button key={key} size="xs" variant="default" onClick={() => choose(quickEnds(Date.now(), timeZone)[key])}>
          {t(key)}
        </Button>
      ))}
    </Group>
  )
}
