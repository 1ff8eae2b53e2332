import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, Navigate, useSearchParams } from 'react-router'
import { ApiError, saysOf } from '../../data/api.ts'
import { useSession, useSignIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { signInWords } from '../../words/sign-in.ts'
import { Door } from './door.tsx'

/** A path of this console, `/` for anything else: the address must not lead to another site after the sign-in. */
const safe = (back: string | null): string => (back !== null && /^\/(?![/\\])/.test(back) ? back : '/')

/** Signing in by login or e-mail and password. */
export function SignInPage() {
  const t = useWords(signInWords)
  const [search] = useSearchParams()
  const { session } = useSession()
  const signIn = useSignIn()
  const form = useForm({ initialValues: { login: '', password: '' } })
  if (session !== null && session !== undefined) return <Navigate to={safe(search.get('back'))} replace />
  return (
    <Door title={t('title')}>
      <form
        onSubmit={form.onSubmit((values) =>
          signIn.mutate(values, { onError: () => form.setFieldValue('password', '') }),
        )}
      >
        <Stack>
          <TextInput
            label={t('login')}
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            required
            withAsterisk={false}
            {...form.getInputProps('login')}
          />
          <PasswordInput
            label={t('password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            {...form.getInputProps('password')}
          />
          <Wrong error={signIn.error} />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t('submit')}
          </Button>
          <Anchor component={Link} to="/forgot" size="sm">
            {t('forgot')}
          </Anchor>
          <Text size="xs" className="quiet">
            {t('noAdministrator')}
          </Text>
        </Stack>
      </form>
    </Door>
  )
}

function Wrong({ error }: { readonly error: unknown }) {
  const t = useWords(signInWords)
  if (error === null) return null
  const { status, retryAfterSeconds } = error instanceof ApiError ? error : { status: 0, retryAfterSeconds: undefined }
  return (
    <Alert color="red" variant="light" role="alert">
      {status === 401 ? t('wrong') : status === 429 ? t('slowDown', { count: retryAfterSeconds ?? 60 }) : saysOf(error)}
    </Alert>
  )
}
