import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useState } from 'react'
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
  const form = useForm({ initialValues: { login: '', password: '', code: '' } })
  const wrongCode = codeError(signIn.error)
  // Asked for once, it stays: another try goes on with the same password.
  const [asksCode, setAsksCode] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  if (session !== null && session !== undefined) return <Navigate to={safe(search.get('back'))} replace />
  return (
    <Door title={t('title')}>
      <form
        onSubmit={form.onSubmit(({ code, ...values }) =>
          signIn.mutate(asksCode ? { ...values, code } : values, {
            onError: (error) => {
              const isCode = codeError(error) !== undefined
              if (isCode) setAsksCode(true)
              form.setFieldValue(isCode ? 'code' : 'password', '')
            },
          }),
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
            onKeyUp={(event) => setCapsLock(event.getModifierState('CapsLock'))}
          />
          {asksCode && (
            <TextInput
              label={t('code')}
              description={t('codeHint')}
              autoComplete="one-time-code"
              autoCapitalize="none"
              autoFocus
              {...form.getInputProps('code')}
              error={signIn.variables?.code === undefined || signIn.isPending ? undefined : wrongCode}
              aria-invalid={signIn.variables?.code !== undefined && wrongCode !== undefined}
            />
          )}
          {capsLock && (
            <Text size="sm" role="status">
              {t('capsLock')}
            </Text>
          )}
          {wrongCode === undefined && <Wrong error={signIn.error} />}
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

/** What is said of the code of the second factor: that it is wanted, or wrong; undefined when it is about something else. */
const codeError = (error: unknown): string | undefined =>
  error instanceof ApiError ? error.details.find(({ path }) => path === '/code')?.message : undefined

/** Why the sign-in failed; after too many attempts, how long to wait. */
function Wrong({ error }: { readonly error: unknown }) {
  const t = useWords(signInWords)
  const wait = error instanceof ApiError && error.status === 429 ? (error.retryAfterSeconds ?? 60) : 0
  const left = useCountdown(wait, error)
  if (error === null) return null
  const wrong = error instanceof ApiError && error.status === 401
  return (
    <Alert color={wait > 0 && left === 0 ? 'blue' : 'red'} variant="light" role="alert">
      {wrong ? (
        t('wrong')
      ) : wait === 0 ? (
        saysOf(error)
      ) : left === 0 ? (
        t('tryAgain')
      ) : (
        <>
          {/* Screen readers are told once and not every second. */}
          <span aria-hidden>{t('slowDown', { count: left })}</span>
          <VisuallyHidden>{t('slowDown', { count: wait })}</VisuallyHidden>
        </>
      )}
    </Alert>
  )
}

/** Seconds that are left of so many, from the moment `since` changes. */
function useCountdown(seconds: number, since: unknown): number {
  const [passed, setPassed] = useState<{ since: unknown; seconds: number }>({ since, seconds: 0 })
  useEffect(() => {
    if (seconds === 0) return undefined
    const from = performance.now()
    const look = (): void => setPassed({ since, seconds: Math.floor((performance.now() - from) / 1000) })
    const timer = setInterval(look, 250)
    return () => clearInterval(timer)
  }, [seconds, since])
  return Math.max(0, seconds - (passed.since === since ? passed.seconds : 0))
}
