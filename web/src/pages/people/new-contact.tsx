import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { fieldOf } from '../../components/entity-form.ts'
import { ApiError, saysOf } from '../../data/api.ts'
import { useSave } from '../../data/entities.ts'
import { useRegroup, type StoredGroup, type StoredUser } from '../../data/people.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { shellWords } from '../../words/shell.ts'

const NONE = { name: '', phone: '', email: '' }

/** A login nobody has to think of: the address, else the digits of the phone, else the name. */
const loginOf = ({ name, phone, email }: typeof NONE): string =>
  email.trim() || phone.replaceAll(/\D/g, '') || name.trim()

interface NewContactProps {
  readonly company: StoredGroup
  readonly opened: boolean
  readonly close: () => void
}

/** Makes a contact of a client company: a person with the role client, who is a member of it. */
export function NewContact({ company, opened, close }: NewContactProps) {
  const t = useWords(peopleWords)
  const shell = useWords(shellWords)
  const form = useForm({ initialValues: NONE })
  const save = useSave<StoredUser>('users')
  const regroup = useRegroup()
  const leave = (): void => {
    close()
    form.reset()
    save.reset()
    regroup.reset()
  }
  const submit = form.onSubmit((values) => {
    const given = Object.entries(values).flatMap(([field, text]) => (text.trim() === '' ? [] : [[field, text.trim()]]))
    const entity = { login: loginOf(values), roles: ['client'], ...Object.fromEntries(given) }
    save.mutate(
      { entity },
      {
        onSuccess: ({ entity: { login, name } }) =>
          regroup.mutate(
            { group: company, add: [login] },
            {
              onSuccess: () => {
                leave()
                notifications.show({ message: t('contactAdded', { name: name ?? login }), color: 'green' })
              },
            },
          ),
        onError: (error) => {
          if (!(error instanceof ApiError)) return
          const named = error.details.map(({ path, message }) => [fieldOf(path), message])
          const { login, ...fields } = Object.fromEntries(named) as Record<string, string>
          form.setErrors({
            ...fields,
            ...(login === undefined ? {} : { [values.email === '' ? 'name' : 'email']: login }),
          })
        },
      },
    )
  })
  const error = save.error ?? regroup.error
  return (
    <Modal opened={opened} onClose={leave} title={t('addContactTo', { name: company.name })} centered>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
          <TextInput label={t('phone')} type="tel" autoComplete="off" {...form.getInputProps('phone')} />
          <TextInput label={t('email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
          <Text size="sm" className="quiet">
            {t('contactChats')}
          </Text>
          {error !== null && Object.keys(form.errors).length === 0 && (
            <Alert color="red" variant="light" role="alert">
              {saysOf(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {shell('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending || regroup.isPending}>
              {shell('add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
