import { Box, Code, Fieldset, Group, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { CATEGORIES } from '@nabat/api/catalog/event-type.ts'
import { SEVERITIES } from '@nabat/api/severity.ts'
import { useNavigate, useParams } from 'react-router'
import { useEntityForm, type EntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useEntity } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { language, useWords } from '../../i18n.ts'
import { catalogueWords } from '../../words/catalogue.ts'
import { shellWords } from '../../words/shell.ts'
import { readType, typeFieldOf, writeType, type StoredType, type TypeValues } from './type-values.ts'

/** One event type of the workspace's own, or a new one. */
export function TypePage() {
  const { id } = useParams()
  const found = useEntity<StoredType>('types', id === 'new' ? undefined : id)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== 'new' && found.data === undefined) return <Loading />
  return <TypeForm key={id} type={id === 'new' ? undefined : found.data} />
}

function TypeForm({ type }: { readonly type: StoredType | undefined }) {
  const t = useWords(catalogueWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const writes = useMay('types.write')
  const entityForm = useEntityForm<TypeValues, StoredType>({
    section: 'types',
    entity: type,
    read: readType,
    write: (values) => writeType(values, type),
    fieldOf: typeFieldOf,
    saved: () => void go('/catalogue'),
  })
  const { form } = entityForm
  const locked = type?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <Box maw={760}>
      <PageHeader
        title={type?.title[language()] ?? type?.title.ru ?? t('newType')}
        text={t('newTypeText')}
        up={{ to: '/catalogue', title: shell('catalogue') }}
      />
      <FormFrame
        form={entityForm}
        dirty={form.isDirty()}
        locked={locked}
        actions={
          type !== undefined && (
            <RemoveButton section="types" id={type.id} name={type.name} then={() => void go('/catalogue')} />
          )
        }
      >
        <About form={form} />
        <Fieldset legend={t('fields')}>
          <Stack>
            <Json form={form} field="data" />
            <Json form={form} field="example" />
          </Stack>
        </Fieldset>
        <Belongs form={form} />
      </FormFrame>
    </Box>
  )
}

type Form = Pick<EntityForm<TypeValues>, 'form'>

function About({ form }: Form) {
  const t = useWords(catalogueWords)
  const severities = { info: t('info'), warning: t('warning'), critical: t('critical') }
  return (
    <Stack>
      <TextInput
        label={t('name')}
        description={t('nameHint')}
        classNames={{ input: 'mono' }}
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('name')}
      />
      <TextInput label={t('titleRu')} {...form.getInputProps('title.ru')} />
      <TextInput label={t('titleEn')} description={t('titleEnHint')} {...form.getInputProps('title.en')} />
      <Group grow align="flex-start" preventGrowOverflow={false}>
        <Select
          label={t('category')}
          data={Object.entries(CATEGORIES).map(([value, title]) => ({ value, label: title[language()] }))}
          allowDeselect={false}
          miw={200}
          {...form.getInputProps('category')}
        />
        <Select
          label={t('severity')}
          data={SEVERITIES.map((value) => ({ value, label: severities[value] }))}
          allowDeselect={false}
          miw={200}
          {...form.getInputProps('severity')}
        />
      </Group>
    </Stack>
  )
}

/** A field that holds JSON. */
function Json({ form, field }: Form & { readonly field: 'data' | 'example' }) {
  const t = useWords(catalogueWords)
  return (
    <Textarea
      label={t(field === 'data' ? 'schema' : 'example')}
      description={t(field === 'data' ? 'schemaHint' : 'exampleHint')}
      autosize
      minRows={3}
      maxRows={24}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      {...form.getInputProps(field)}
    />
  )
}

const STEPS = ['none', 'opens', 'updates', 'closes'] as const

/** The incident the events belong to, and the people they name. */
function Belongs({ form }: Form) {
  const t = useWords(catalogueWords)
  return (
    <Fieldset legend={t('belongs')}>
      <Stack>
        <Select
          label={t('incident')}
          data={STEPS.map((value) => ({ value, label: t(value) }))}
          allowDeselect={false}
          {...form.getInputProps('step')}
        />
        {form.values.step !== 'none' && (
          <TextInput
            label={t('incidentKey')}
            description={
              <>
                {t('incidentKeyHint')} <Code>{'pump:{data.pump}'}</Code>
              </>
            }
            classNames={{ input: 'mono' }}
            {...form.getInputProps('key')}
          />
        )}
        <Textarea
          label={t('relations')}
          description={
            <>
              {t('relationsHint')} <Code>assignee: data.assignees</Code>
            </>
          }
          autosize
          minRows={1}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('relations')}
        />
      </Stack>
    </Fieldset>
  )
}
