import { Button, Group, Progress, Select, Stack, Text, Title } from '@mantine/core'
import { IconPlayerPlay, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { useCatalogue } from '../../data/catalogue.ts'
import { mistakesOfRule, useRuleTest, useTrial, type TriedRule } from '../../data/rule-trials.ts'
import { language, useWords } from '../../i18n.ts'
import { ruleTrialWords } from '../../words/rule-trial.ts'
import { RuleTestResult } from './rule-test-result.tsx'
import { TrialReport } from './trial-report.tsx'
import { typesNamed } from './type-names.ts'

const SPANS = [1, 7, 30] as const

interface RuleTryProps {
  /** The rule as it stands in the fields. */
  readonly rule: TriedRule
  /** The saved version when it differs, to compare with. */
  readonly saved: TriedRule | undefined
  /** Names of the types it is about. */
  readonly types: readonly string[]
  /** Shows mistakes of the rule beside its fields; says whether there were any. */
  readonly showMistakes: (error: unknown) => boolean
}

/** Trying a rule before it is saved: on what has happened, and with a test message. */
export function RuleTry(props: RuleTryProps) {
  const t = useWords(ruleTrialWords)
  return (
    <Stack component="section" gap="md" aria-labelledby="rule-try">
      <div>
        <Title order={2} id="rule-try">
          {t('title')}
        </Title>
        <Text size="sm" className="quiet">
          {t('text')}
        </Text>
      </div>
      <Trial {...props} />
      <Test {...props} />
    </Stack>
  )
}

function Trial({ rule, saved, showMistakes }: RuleTryProps) {
  const t = useWords(ruleTrialWords)
  const [days, setDays] = useState('7')
  const { progress, trial, error, run, stop } = useTrial()
  const isOfRule = mistakesOfRule(error) !== undefined
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="sm">
        <Select
          label={t('span')}
          data={SPANS.map((each) => ({ value: String(each), label: t(`span.${each}`) }))}
          value={days}
          onChange={(next) => next !== null && setDays(next)}
          allowDeselect={false}
          w={200}
        />
        {progress === undefined ? (
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
            onClick={() => run(rule, saved, Number(days), showMistakes)}
          >
            {t('run')}
          </Button>
        ) : (
          <Button variant="default" onClick={stop}>
            {t('stop')}
          </Button>
        )}
      </Group>
      <div role="status">
        {progress !== undefined && (
          <Stack gap={4}>
            <Text size="sm">{t('running', { percent: Math.round(progress * 100) })}</Text>
            <Progress value={progress * 100} aria-hidden />
          </Stack>
        )}
      </div>
      {error !== undefined && !isOfRule && <Failure error={error} />}
      {trial !== undefined && <TrialReport trial={trial} />}
    </Stack>
  )
}

function Test({ rule, types, showMistakes }: RuleTryProps) {
  const t = useWords(ruleTrialWords)
  const { data: catalogue = [] } = useCatalogue()
  const test = useRuleTest()
  const [chosen, setChosen] = useState('')
  const named = typesNamed(
    types,
    catalogue.map(({ name }) => name),
  )
  const title = (type: string): string => catalogue.find(({ name }) => name === type)?.title[language()] ?? type
  const type = named.includes(chosen) ? chosen : ''
  const isOfRule = mistakesOfRule(test.error) !== undefined
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="sm">
        {named.length > 1 && (
          <Select
            label={t('testType')}
            searchable
            data={[
              { value: '', label: t('testTypeFirst') },
              ...named.map((name) => ({ value: name, label: title(name) })),
            ]}
            value={type}
            onChange={(next) => setChosen(next ?? '')}
            allowDeselect={false}
            w={{ base: '100%', xs: 300 }}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconSend size={18} aria-hidden />}
          loading={test.isPending}
          onClick={() => test.mutate({ rule, ...(type === '' ? {} : { type }) }, { onError: showMistakes })}
        >
          {t('test')}
        </Button>
      </Group>
      <Text size="sm" className="quiet">
        {t('testText')}
      </Text>
      <div role="status">{test.data !== undefined && <RuleTestResult report={test.data} />}</div>
      {test.isError && !isOfRule && <Failure error={test.error} />}
    </Stack>
  )
}
