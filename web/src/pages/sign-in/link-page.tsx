import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { LinkInfo } from '@nabat/api/session.ts'
import { Link, useNavigate, useParams } from 'react-router'
import { fieldOf } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { ApiError, saysOf } from '../../data/api.ts'
import { useLink, useLinkUse, type LinkUse } from '../../data/links.ts'
import { useWords } from '../../i18n.ts'
import { signInWords } from '../../words/sign-in.ts'
import { Door } from './door.tsx'

/** Where a one-time link leads: the first administrator, an invitation, a forgotten password. */
export function LinkPage() {
  const t = useWords(signInWords)
  const { token = '' } = useParams()
  const { data: link, error, refetch } = useLink(token)
  if (link !== undefined) return <LinkForm token={token} link={link} />
  if (error === null) return <Loading />
  const gone = error instanceof ApiError && error.status === 404
  return (
    <Door title={t('gone')}>
      {gone ? <Text>{t('goneText')}</Text> : <Failure error={error} again={() => void refetch()} />}
      <Anchor component={Link} to="/sign-in">
        {t('toSignIn')}
      </Anchor>
    </Door>
  )
}

const TITLES = { setup: 'setupTitle', invitation: 'invitationTitle', reset: 'resetTitle' } as const
const TEXTS = { setup: 'setupText', invitation: 'invitationText', reset: 'resetText' } as const
const BUTTONS = { setup: 'create', invitation: 'accept', reset: 'change' } as const

function LinkForm({
  token,
  link: { kind, workspace, login, name, email, account, code: asksCode },
}: {
  readonly token: string
  readonly link: LinkInfo
}) {
  const t = useWords(signInWords)
  // A reset is of somebody who has one, too, but asks for nothing that was before.
  const existing = kind === 'invitation' && account === 'existing'
  const go = useNavigate()
  const use = useLinkUse(token)
  const form = useForm({
    initialValues: { login: login ?? '', name: name ?? '', email: email ?? '', password: '', code: '' },
  })
  const submit = form.onSubmit(({ password, code, ...who }) => {
    const chosen = who.login === login ? {} : { login: who.login }
    const second = asksCode ? { code } : {}
    const body: LinkUse =
      kind === 'setup' ? { ...who, password } : { ...(kind === 'invitation' ? chosen : {}), password, ...second }
    use.mutate(body, {
      onSuccess: () => void go('/', { replace: true }),
      onError: (error) => {
        if (!(error instanceof ApiError)) return
        form.setErrors(Object.fromEntries(error.details.map(({ path, message }) => [fieldOf(path), message])))
        requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      },
    })
  })
  const field = { required: true, withAsterisk: false }
  return (
    <Door title={t(TITLES[kind])}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm" className="quiet">
            {t(existing ? 'joinText' : TEXTS[kind], { workspace: workspace ?? '' })}
          </Text>
          {kind === 'setup' ? (
            <>
              <TextInput label={t('name')} autoComplete="name" autoFocus {...field} {...form.getInputProps('name')} />
              <TextInput
                label={t('ownLogin')}
                description={t('ownLoginHint')}
                autoComplete="username"
                autoCapitalize="none"
                {...field}
                {...form.getInputProps('login')}
              />
              <TextInput
                label={t('email')}
                description={t('emailHint')}
                type="email"
                autoComplete="email"
                {...field}
                {...form.getInputProps('email')}
              />
            </>
          ) : (
            <TextInput
              label={t('ownLogin')}
              description={kind === 'invitation' ? t('otherLoginHint') : undefined}
              autoComplete="username"
              autoCapitalize="none"
              readOnly={kind === 'reset'}
              {...form.getInputProps('login')}
            />
          )}
          <PasswordInput
            label={t(existing ? 'password' : 'newPassword')}
            description={existing ? undefined : t('newPasswordHint')}
            autoComplete={existing ? 'current-password' : 'new-password'}
            autoFocus={kind !== 'setup'}
            {...field}
            {...form.getInputProps('password')}
            aria-invalid={form.errors['password'] !== undefined}
          />
          {asksCode && (
            <TextInput
              label={t('code')}
              description={t('codeHint')}
              autoComplete="one-time-code"
              autoCapitalize="none"
              {...form.getInputProps('code')}
              aria-invalid={form.errors['code'] !== undefined}
            />
          )}
          <General error={use.error} />
          <Button type="submit" loading={use.isPending} fullWidth>
            {t(BUTTONS[kind])}
          </Button>
        </Stack>
      </form>
    </Door>
  )
}

/** What is wrong with the whole; mistakes of fields stand beside them. */
function General({ error }: { readonly error: unknown }) {
  if (error === null) return null
  const says =
    error instanceof ApiError
      ? error.details.length === 0
        ? error.message
        : error.details.flatMap(({ path, message }) => (path === '' ? [message] : [])).join('\n')
      : saysOf(error)
  return says === '' ? null : (
    <Alert color="red" variant="light" role="alert">
      {says}
    </Alert>
  )
}
