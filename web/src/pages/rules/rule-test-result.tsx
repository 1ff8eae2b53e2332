import { Group, Stack, Text, Title } from '@mantine/core'
import type { RuleTestReport } from '@nabat/api/rule-test.ts'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useWords } from '../../i18n.ts'
import { ruleTrialWords } from '../../words/rule-trial.ts'

/** What came of each test message, in words. */
export function RuleTestResult({ report: { messages } }: { readonly report: RuleTestReport }) {
  const t = useWords(ruleTrialWords)
  if (messages.length === 0) return <Text>{t('nobody')}</Text>
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        {t('tested')}
      </Title>
      <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
        {messages.map(({ destination, channel, recipient, ok, says }, index) => (
          <Group key={index} component="li" gap="xs" wrap="nowrap" align="flex-start">
            <span style={{ color: `var(--nabat-${ok ? 'good' : 'critical'})`, flex: 'none' }}>
              {ok ? (
                <IconCheck size={18} role="img" aria-label={t('ok')} />
              ) : (
                <IconX size={18} role="img" aria-label={t('notOk')} />
              )}
            </span>
            <span>
              {[recipient, destination, channel].filter((part) => part !== null).join(' · ')}{' '}
              <Text span className="quiet">
                — {says}
              </Text>
            </span>
          </Group>
        ))}
      </Stack>
    </Stack>
  )
}
