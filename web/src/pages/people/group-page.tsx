import { Box, Fieldset, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useEntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useEntity } from '../../data/entities.ts'
import { groupOf, useGroups, type StoredGroup } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { GroupMembers } from './group-members.tsx'
import { namesBelow, treeOf } from './group-tree.ts'

/** Fields of the form over a group. */
interface GroupValues {
  readonly name: string
  readonly parent: string
  readonly users: string[]
  readonly client: boolean
}

/** One group or client company, or a new one. */
export function GroupPage() {
  const { id } = useParams()
  const found = useEntity<StoredGroup>('groups', id === 'new' ? undefined : id)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== 'new' && found.data === undefined) return <Loading />
  return <GroupForm key={id} group={id === 'new' ? undefined : found.data} />
}

function GroupForm({ group }: { readonly group: StoredGroup | undefined }) {
  const t = useWords(peopleWords)
  const go = useNavigate()
  const [search] = useSearchParams()
  const writes = useMay('people.write')
  const entityForm = useEntityForm<GroupValues, StoredGroup>({
    section: 'groups',
    entity: group,
    read: (entity) => ({
      name: entity?.name ?? '',
      parent: entity?.parent ?? '',
      users: [...(entity?.users ?? [])],
      client: entity === undefined ? search.has('client') : entity.client === true,
    }),
    write: ({ name, parent, users, client }) =>
      groupOf({
        name: name.trim(),
        users,
        ...(parent === '' ? {} : { parent }),
        ...(client ? { client } : {}),
      }),
  })
  const { form } = entityForm
  const { values } = form
  const up = `/people?tab=${values.client ? 'clients' : 'groups'}`
  const locked = group?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <Box maw={760}>
      <PageHeader
        title={group?.name ?? t(values.client ? 'newClient' : 'newGroup')}
        text={t(values.client ? 'clientText' : 'groupText')}
        up={{ to: up, title: t(values.client ? 'clients' : 'groups') }}
      />
      <FormFrame
        form={entityForm}
        dirty={form.isDirty()}
        locked={locked}
        actions={
          group !== undefined && (
            <RemoveButton section="groups" id={group.id} name={group.name} then={() => void go(up)} />
          )
        }
      >
        <Fieldset legend={t('about')}>
          <Stack>
            <TextInput label={t('groupName')} data-autofocus={group === undefined} {...form.getInputProps('name')} />
            <ParentSelect group={group} form={form} />
            <Switch
              label={t('isClient')}
              description={t('isClientHint')}
              {...form.getInputProps('client', { type: 'checkbox' })}
            />
          </Stack>
        </Fieldset>
        <GroupMembers
          group={group}
          users={values.users}
          change={(users) => {
            form.setFieldValue('users', users)
            form.clearErrors()
          }}
          errors={form.errors}
          isClient={values.client}
        />
      </FormFrame>
    </Box>
  )
}

type Form = ReturnType<typeof useEntityForm<GroupValues, StoredGroup>>['form']

/** The group above: none of those that are below already. */
function ParentSelect({ group, form }: { readonly group: StoredGroup | undefined; readonly form: Form }) {
  const t = useWords(peopleWords)
  const { data: groups = [] } = useGroups()
  const below = group === undefined ? new Set<string>() : namesBelow(groups, group.name)
  const above = treeOf(groups).filter(({ group: { name } }) => !below.has(name))
  if (above.length === 0 && form.values.parent === '') return null
  return (
    <Select
      label={t('parent')}
      description={t('parentHint')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={above.map(({ group: { name } }) => name)}
      renderOption={({ option }) => (
        <span style={{ paddingInlineStart: (above.find((each) => each.group.name === option.value)?.depth ?? 0) * 16 }}>
          {option.label}
        </span>
      )}
      searchable
      clearable
      limit={200}
      value={form.values.parent === '' ? null : form.values.parent}
      onChange={(name) => form.setFieldValue('parent', name ?? '')}
      error={form.errors['parent']}
    />
  )
}
