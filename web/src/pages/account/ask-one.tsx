import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, saysOf } from '../../data/api.ts'
import { useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { secondFactorWords } from '../../words/second-factor.ts'

interface AskOneProps<Answer> {
  readonly field: 'password' | 'code'
  readonly label: string
  readonly hint?: string
  readonly submit: string
  readonly act: UseMutationResult<Answer, unknown, string>
  readonly done: (answer: Answer) => void
  readonly cancel: () => void
}

/** Asks for one thing, a password or a code, and does something with it; what is wrong stands beside the field. */
export function AskOne<Answer>({ field, label, hint, submit, act, done, cancel }: AskOneProps<Answer>) {
  const t = useWords(secondFactorWords)
  const { account } = useSignedIn()
  const [value, setValue] = useState('')
  const error = act.error === null ? undefined : wrongOf(act.error)
  const props = {
    label,
    description: hint,
    value,
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => setValue(currentTarget.value),
    error,
    autoFocus: true,
    'aria-invalid': error !== undefined,
  }
  return (
    <form
      noValidate
      onSubmit={(submitted) => {
        submitted.preventDefault()
        const input = submitted.currentTarget.querySelector<HTMLInputElement>('[data-asked] input, input[data-asked]')
        act.mutate(value, { onSuccess: done, onError: () => input?.select() })
      }}
    >
      <Stack maw={360} gap="sm">
        {field === 'password' ? (
          <>
            {/* For password keepers: whose password it is. */}
            <input type="text" value={account.login} autoComplete="username" readOnly hidden />
            <PasswordInput {...props} autoComplete="current-password" data-asked />
          </>
        ) : (
          <TextInput {...props} autoComplete="one-time-code" inputMode="text" autoCapitalize="none" data-asked />
        )}
        <Group gap="sm">
          <Button type="submit" loading={act.isPending} disabled={value.trim() === ''}>
            {submit}
          </Button>
          <Button variant="default" onClick={cancel}>
            {t('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The mistake of the one field, or of the whole. */
const wrongOf = (error: unknown): string =>
  error instanceof ApiError && error.details.length > 0 ? error.says : saysOf(error)
