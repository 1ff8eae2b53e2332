import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertCircle, IconUsers } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { shellWords } from '../../words/shell.ts'
import type { SectionForm } from './section-form.ts'

interface SectionFrameProps {
  readonly id: string
  readonly title: string
  readonly text?: ReactNode
  readonly form: Pick<SectionForm<object>, 'general' | 'saving' | 'dirty' | 'behind' | 'submit'>
  /** It cannot be changed here; the page says why. */
  readonly locked: boolean
  readonly children: ReactNode
  /** Beneath the button, of no concern to the form. */
  readonly after?: ReactNode
}

/** One section of the profile: its fields, what is wrong with them, and a button of its own. */
export function SectionFrame({ id, title, text, form, locked, children, after }: SectionFrameProps) {
  const t = useWords(shellWords)
  const profile = useWords(profileWords)
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Title order={2} id={id} mb={4}>
        {title}
      </Title>
      {text !== undefined && (
        <Text size="sm" className="quiet" mb="md" component="div">
          {text}
        </Text>
      )}
      <form onSubmit={form.submit} noValidate>
        <fieldset disabled={locked} style={{ border: 0, padding: 0, margin: 0, minInlineSize: 0 }}>
          <Stack gap="md">
            {children}
            {form.general !== undefined && (
              <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
                {form.general}
              </Alert>
            )}
            {form.behind !== undefined && (
              <Alert
                color="yellow"
                variant="light"
                icon={<IconUsers aria-hidden />}
                role="alert"
                title={profile('behind')}
              >
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={form.behind.take}>
                    {profile('takeTheirs')}
                  </Button>
                  <Button size="xs" variant="light" onClick={form.behind.save}>
                    {profile('saveMine')}
                  </Button>
                </Group>
              </Alert>
            )}
            {form.dirty && !locked && (
              <Group gap="sm">
                <Button type="submit" loading={form.saving} disabled={form.behind !== undefined}>
                  {t('save')}
                </Button>
                <Text size="sm" className="quiet" role="status">
                  {t('unsaved')}
                </Text>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      {after}
    </Paper>
  )
}
