import { Button, Paper, PasswordInput, Stack, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { fieldOf } from '../../components/entity-form.ts'
import { ApiError, saysOf } from '../../data/api.ts'
import { useSignedIn } from '../../data/session.ts'
import { useChangePassword } from '../../data/sessions.ts'
import { useWords } from '../../i18n.ts'
import { accountWords } from '../../words/account.ts'

/** Changes one's own password. */
export function Password() {
  const t = useWords(accountWords)
  const { account } = useSignedIn()
  const change = useChangePassword()
  const form = useForm({ initialValues: { current: '', password: '' } })
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.reset()
        notifications.show({ message: t('changed'), color: 'green' })
      },
      onError: (error) => {
        const details = error instanceof ApiError ? error.details.filter(({ path }) => path !== '') : []
        if (details.length === 0) return notifications.show({ message: saysOf(error), color: 'red' })
        form.setErrors(Object.fromEntries(details.map(({ path, message }) => [fieldOf(path), message])))
        requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
        return undefined
      },
    }),
  )
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="md">
        {t('password')}
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack maw={360}>
          {/* For password keepers: whose password it is. */}
          <input type="text" value={account.login} autoComplete="username" readOnly hidden />
          <PasswordInput
            label={t('current')}
            autoComplete="current-password"
            {...form.getInputProps('current')}
            aria-invalid={form.errors['current'] !== undefined}
          />
          <PasswordInput
            label={t('next')}
            description={t('nextHint')}
            autoComplete="new-password"
            {...form.getInputProps('password')}
            aria-invalid={form.errors['password'] !== undefined}
          />
          <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
            {t('change')}
          </Button>
        </Stack>
      </form>
    </Paper>
  )
}
