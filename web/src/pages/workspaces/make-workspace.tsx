import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { Copyable } from '../../components/copy.tsx'
import { fieldOf } from '../../components/entity-form.ts'
import { ApiError, saysOf } from '../../data/api.ts'
import { useSignedIn } from '../../data/session.ts'
import { useMakeWorkspace, type WorkspaceMade } from '../../data/workspaces.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { workspaceWords } from '../../words/workspaces.ts'
import { shortNameOf } from './short-name.ts'

const FIELDS: Readonly<Record<string, string>> = { 'administrator.email': 'administrator' }

/** Makes a workspace and invites its first administrator. */
export function MakeWorkspace({ close }: { readonly close: () => void }) {
  const t = useWords(workspaceWords)
  const shell = useWords(shellWords)
  const { workspace } = useSignedIn()
  const make = useMakeWorkspace()
  const [named, setNamed] = useState(false)
  const form = useForm({ initialValues: { title: '', name: '', administrator: '', timeZone: workspace.timeZone } })
  const submit = form.onSubmit(({ administrator, ...wanted }) =>
    make.mutate(
      { ...wanted, ...(administrator === '' ? {} : { administrator: { email: administrator } }) },
      {
        onSuccess: ({ title, name, invitation }) => {
          notifications.show({ message: t('made', { title: title ?? name }), color: 'green' })
          if (invitation?.link === undefined || invitation.link === null) close()
          if (invitation?.sentTo !== undefined && invitation.sentTo !== null)
            notifications.show({ message: t('invited', { address: invitation.sentTo }) })
        },
        onError: (error) => {
          if (!(error instanceof ApiError)) return
          const named = error.details.map(({ path, message }) => [FIELDS[fieldOf(path)] ?? fieldOf(path), message])
          form.setErrors(Object.fromEntries(named))
        },
      },
    ),
  )
  if (make.data !== undefined) return <HandOver made={make.data} close={close} />
  return (
    <Modal opened onClose={close} title={t('add')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label={t('title')}
            data-autofocus
            {...form.getInputProps('title')}
            onChange={({ currentTarget: { value } }) => {
              form.setFieldValue('title', value)
              if (!named) form.setFieldValue('name', shortNameOf(value))
            }}
          />
          <TextInput
            label={t('name')}
            description={t('nameHint')}
            {...form.getInputProps('name')}
            onChange={({ currentTarget: { value } }) => {
              setNamed(value !== '')
              form.setFieldValue('name', value)
            }}
          />
          <TextInput
            type="email"
            label={t('administrator')}
            description={t('administratorHint')}
            {...form.getInputProps('administrator')}
          />
          <Select
            label={t('timeZone')}
            data={Intl.supportedValuesOf('timeZone')}
            searchable
            limit={50}
            allowDeselect={false}
            {...form.getInputProps('timeZone')}
          />
          {make.error !== null && <Text c="red">{saysOf(make.error)}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {shell('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** The link of an invitation that could not be mailed. */
function HandOver({ made, close }: { readonly made: WorkspaceMade; readonly close: () => void }) {
  const t = useWords(workspaceWords)
  return (
    <Modal opened onClose={close} title={t('made', { title: made.title ?? made.name })} closeOnClickOutside={false}>
      <Stack>
        <Text>{t('invitedLink')}</Text>
        <Copyable text={made.invitation?.link ?? ''} />
        <Group justify="flex-end">
          <Button onClick={close}>{t('done')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
