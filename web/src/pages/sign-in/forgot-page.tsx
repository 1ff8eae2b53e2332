import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from 'react-router'
import { saysOf } from '../../data/api.ts'
import { useForgot } from '../../data/links.ts'
import { useWords } from '../../i18n.ts'
import { signInWords } from '../../words/sign-in.ts'
import { Door } from './door.tsx'

/** Asking for a link that sets a new password. */
export function ForgotPage() {
  const t = useWords(signInWords)
  const forgot = useForgot()
  const form = useForm({ initialValues: { login: '' } })
  return (
    <Door title={t('forgotTitle')}>
      {forgot.isSuccess ? (
        <Text role="status">{t('forgotDone')}</Text>
      ) : (
        <form onSubmit={form.onSubmit(({ login }) => forgot.mutate(login))}>
          <Stack>
            <Text size="sm" className="quiet">
              {t('forgotText')}
            </Text>
            <TextInput
              label={t('login')}
              autoComplete="username"
              autoCapitalize="none"
              autoFocus
              required
              withAsterisk={false}
              {...form.getInputProps('login')}
            />
            {forgot.error !== null && (
              <Alert color="red" variant="light" role="alert">
                {saysOf(forgot.error)}
              </Alert>
            )}
            <Button type="submit" loading={forgot.isPending} fullWidth>
              {t('forgotSubmit')}
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component={Link} to="/sign-in" size="sm">
        {t('toSignIn')}
      </Anchor>
    </Door>
  )
}
