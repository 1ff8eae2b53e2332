import { Box, Fieldset, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useEffect, useEffectEvent } from 'react'
import { fieldOf, focusMistake, generalOf } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ZoneInput } from '../../components/zone-input.tsx'
import { ApiError } from '../../data/api.ts'
import { useSaveWorkspace, useWorkspace, type WorkspaceSettings } from '../../data/workspace.ts'
import { useWords } from '../../i18n.ts'
import { companyWords } from '../../words/company.ts'
import { shellWords } from '../../words/shell.ts'
import { FIELDS, readCompany, writeCompany, type CompanyValues } from './company-values.ts'
import { LetterLookFields } from './letter-look.tsx'

/** The company card: what concerns the whole workspace. */
export function CompanyPage() {
  const shell = useWords(shellWords)
  const t = useWords(companyWords)
  const { data: settings, error, refetch } = useWorkspace()
  return (
    <>
      <PageHeader title={shell('company')} text={t('text')} />
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {settings === undefined ? error === null && <Loading /> : <CompanyForm settings={settings} />}
    </>
  )
}

function CompanyForm({ settings }: { readonly settings: WorkspaceSettings }) {
  const t = useWords(companyWords)
  const shell = useWords(shellWords)
  const form = useForm<CompanyValues>({ initialValues: readCompany(settings) })
  const save = useSaveWorkspace()
  const take = useEffectEvent(() => {
    if (form.isDirty()) return
    form.setInitialValues(readCompany(settings))
    form.reset()
  })
  useEffect(() => take(), [settings.version])
  const submit = form.onSubmit((values) =>
    save.mutate(writeCompany(values, settings), {
      onSuccess: () => {
        form.resetDirty(values)
        notifications.show({ message: shell('saved'), color: 'green' })
      },
      onError: (error) => {
        if (!(error instanceof ApiError)) return
        const named = error.details.map(({ path, message }) => [FIELDS[fieldOf(path)] ?? fieldOf(path), message])
        form.setErrors(Object.fromEntries(named))
        focusMistake()
      },
    }),
  )
  return (
    <Box maw={760}>
      <FormFrame
        form={{ general: generalOf(save.error), saving: save.isPending, conflict: undefined, submit }}
        dirty={form.isDirty()}
      >
        <Fieldset legend={t('about')}>
          <Stack>
            <TextInput label={t('title')} {...form.getInputProps('title')} />
            <TextInput label={t('name')} description={t('nameHint')} value={settings.name} readOnly />
            <ZoneInput
              label={t('timeZone')}
              description={t('timeZoneHint')}
              value={form.values.timeZone}
              onChange={(zone) => form.setFieldValue('timeZone', zone)}
              error={form.errors['timeZone']}
            />
            <Select
              label={t('language')}
              data={(['ru', 'en'] as const).map((value) => ({ value, label: t(value) }))}
              allowDeselect={false}
              {...form.getInputProps('language')}
            />
          </Stack>
        </Fieldset>
        <Fieldset legend={t('letters')}>
          <Stack>
            <Switch
              label={t('mail')}
              description={t('mailHint')}
              {...form.getInputProps('mail', { type: 'checkbox' })}
            />
            <Switch
              label={t('unknown')}
              description={t('unknownHint')}
              {...form.getInputProps('unknown', { type: 'checkbox' })}
            />
            <Textarea
              label={t('signature')}
              description={t('signatureHint')}
              autosize
              minRows={3}
              {...form.getInputProps('signature')}
            />
            <TextInput
              label={t('systemContact')}
              description={t('systemContactHint')}
              type="email"
              {...form.getInputProps('systemContact')}
            />
          </Stack>
        </Fieldset>
        <LetterLookFields form={form} />
        <Fieldset legend={t('flow')}>
          <Stack>
            <TextInput
              label={t('foldAfter')}
              description={t('foldAfterHint')}
              placeholder="1m"
              {...form.getInputProps('foldAfter')}
            />
            <div>
              <Text size="sm" fw={500}>
                {t('statistics')}
              </Text>
              <Text size="xs" className="quiet" mb="xs">
                {t('statisticsHint')}
              </Text>
              <Switch label={t('statisticsOn')} {...form.getInputProps('statistics', { type: 'checkbox' })} />
            </div>
            {form.values.statistics && (
              <TextInput type="time" label={t('statisticsAt')} w={140} {...form.getInputProps('statisticsAt')} />
            )}
          </Stack>
        </Fieldset>
      </FormFrame>
    </Box>
  )
}
