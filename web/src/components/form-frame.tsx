import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertCircle, IconFileCode, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { ConflictNotice } from './conflict-notice.tsx'
import type { EntityForm } from './entity-form.ts'
import { LeaveGuard } from './leave-guard.tsx'

interface FormFrameProps {
  readonly form: Pick<EntityForm<object>, 'general' | 'saving' | 'submit'> &
    Partial<Pick<EntityForm<object>, 'conflict'>>
  readonly dirty: boolean
  /** Why it cannot be edited. */
  readonly locked?: 'file' | 'role' | undefined
  readonly children: ReactNode
  /** Buttons beside "Save". */
  readonly actions?: ReactNode
}

/** Around the fields of a form: what is wrong with the whole, the guard of unsaved changes, the buttons. */
export function FormFrame({ form, dirty, locked, children, actions }: FormFrameProps) {
  const t = useWords(shellWords)
  return (
    <form onSubmit={form.submit} noValidate>
      <LeaveGuard when={dirty && !form.saving} />
      <Stack gap="lg">
        {locked !== undefined && (
          <Alert
            variant="light"
            color="gray"
            icon={locked === 'file' ? <IconFileCode aria-hidden /> : <IconLock aria-hidden />}
          >
            {t(locked === 'file' ? 'fromFile' : 'readOnly')}
          </Alert>
        )}
        <fieldset disabled={locked !== undefined} style={{ border: 0, padding: 0, margin: 0, minInlineSize: 0 }}>
          <Stack gap="lg">{children}</Stack>
        </fieldset>
        {form.general !== undefined && (
          <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
            {form.general}
          </Alert>
        )}
        {form.conflict !== undefined && <ConflictNotice conflict={form.conflict} />}
        {locked === undefined && (
          <Paper
            pos="sticky"
            bottom={0}
            py="sm"
            style={{ zIndex: 2, borderTop: '1px solid var(--nabat-line)' }}
            radius={0}
          >
            <Group gap="sm">
              <Button type="submit" loading={form.saving}>
                {t('save')}
              </Button>
              {actions}
              {dirty && (
                <Text size="sm" className="quiet" role="status">
                  {t('unsaved')}
                </Text>
              )}
            </Group>
          </Paper>
        )}
      </Stack>
    </form>
  )
}
