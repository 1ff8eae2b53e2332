import { Button, Stack, Text } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { saysOf } from '../../data/api.ts'
import { useRuleTest } from '../../data/rule-trials.ts'
import { useMay, useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import type { TemplateForm } from './template-form.ts'

/**
 * Sends the person a test message in the saved words, through the channel they are for, or the first of their ways. It is
 * the test of a rule that tells nobody else.
 */
export function SendToMe({ template: { type, entity, event, entityForm } }: { readonly template: TemplateForm }) {
  const t = useWords(templateWords)
  const { user } = useSignedIn()
  const may = useMay('rules.write')
  const test = useRuleTest()
  if (!may || user === null || entity === undefined) return null
  const isDirty = entityForm.form.isDirty()
  const { channel } = entity
  const rule = {
    name: entity.name,
    types: [type],
    to: [{ user: user.login, ...(channel === undefined ? {} : { channel }) }],
  }
  return (
    <Stack gap={4} align="flex-start">
      <Button
        variant="default"
        size="xs"
        leftSection={<IconSend size={16} aria-hidden />}
        loading={test.isPending}
        disabled={isDirty}
        onClick={() => test.mutate({ rule, ...(event === undefined ? { type } : { event }) })}
      >
        {t('sendToMe')}
      </Button>
      <Text size="xs" className="quiet" role="status">
        {isDirty
          ? t('saveFirst')
          : test.isError
            ? saysOf(test.error)
            : test.data?.messages
                .map(({ channel, destination, says }) => [channel, destination, says].filter(Boolean).join(' · '))
                .join('; ')}
      </Text>
    </Stack>
  )
}
