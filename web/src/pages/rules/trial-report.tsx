import { Button, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { DryRunReport } from '@nabat/api/dry-run.ts'
import { WEEKDAYS } from '@nabat/api/rule.ts'
import { useState } from 'react'
import { Columns, Lines } from '../../components/bars.tsx'
import { TimeText } from '../../components/time-text.tsx'
import type { Trial } from '../../data/rule-trials.ts'
import { language, useWords } from '../../i18n.ts'
import { hourWords } from '../../words/hours.ts'
import { ruleTrialWords } from '../../words/rule-trial.ts'
import classes from './trial-report.module.css'

const NIGHT_ENDS = 8
const NIGHT_BEGINS = 22
/** Recipients that are drawn before the rest is counted. */
const DRAWN = 12
/** Messages that are shown before all are asked for. */
const SHOWN = 5

const number = (value: number): string => new Intl.NumberFormat(language()).format(value)

/** What a rule would have sent: figures, hours, days, recipients, and the first messages in words. */
export function TrialReport({ trial: { report, saved } }: { readonly trial: Trial }) {
  const t = useWords(ruleTrialWords)
  return (
    <Paper withBorder p="md" component="section" aria-label={t('dry')}>
      <Stack gap="lg">
        <div role="status">
          <Title order={3} size="h4">
            {t('dry')}
          </Title>
          <Text size="sm" className="quiet">
            {t('dryText', { events: number(report.events), matched: number(report.matched) })}
            {report.storedFrom !== null && (
              <>
                {' '}
                {t('storedFrom')} <TimeText at={report.storedFrom} />
              </>
            )}
          </Text>
          {report.messages === 0 && <Text mt="xs">{t('none')}</Text>}
        </div>
        <Figures report={report} saved={saved} />
        {report.messages > 0 && (
          <>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
              <Hours report={report} />
              <Weekdays report={report} />
            </SimpleGrid>
            <Recipients report={report} saved={saved} />
            <First report={report} />
          </>
        )}
      </Stack>
    </Paper>
  )
}

interface Compared {
  readonly report: DryRunReport
  readonly saved: DryRunReport | undefined
}

function Figures({ report, saved }: Compared) {
  const t = useWords(ruleTrialWords)
  const { words = {} } = report
  const more = report.messages - (saved?.messages ?? 0)
  const against =
    saved === undefined
      ? undefined
      : `${t('against', { count: saved.messages })}: ${
          more === 0 ? t('sameAsSaved') : t(more > 0 ? 'moreThanSaved' : 'fewerThanSaved', { count: Math.abs(more) })
        }`
  const sum = (reasons: Readonly<Record<string, number>>): number =>
    Object.values(reasons).reduce((all, each) => all + each, 0)
  const why = (reasons: Readonly<Record<string, number>>): string =>
    Object.entries(reasons)
      .map(([reason, count]) => `${words[reason] ?? reason}: ${number(count)}`)
      .join('; ')
  const rows = [
    ['messages', report.messages, against],
    ['night', report.night, undefined],
    ['held', sum(report.held), why(report.held)],
    ['suppressed', sum(report.suppressed), why(report.suppressed)],
    ['alreadyTold', report.alreadyTold, undefined],
    ['tookOver', report.tookOver, undefined],
    ['overBudget', report.overBudget, undefined],
  ] as const
  return (
    <dl className={classes['figures']}>
      {rows
        .filter(([name, value]) => value > 0 || name === 'messages' || name === 'night')
        .map(([name, value, note]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              <span className={classes['figure']}>{number(value)}</span>
              {note !== undefined && note !== '' && <span className={classes['note']}>{note}</span>}
            </dd>
          </div>
        ))}
    </dl>
  )
}

function Hours({ report: { perHour } }: { readonly report: DryRunReport }) {
  const t = useWords(ruleTrialWords)
  return (
    <Stack gap={4}>
      <Title order={4} size="h5">
        {t('byHour')}
      </Title>
      <Columns
        label={t('byHour')}
        bars={perHour.map((value, hour) => ({
          key: String(hour),
          value,
          label: hour % 6 === 0 ? String(hour) : '',
          says: t('barHour', { hour, count: value }),
          isShaded: hour < NIGHT_ENDS || hour >= NIGHT_BEGINS,
        }))}
      />
    </Stack>
  )
}

function Weekdays({ report: { perWeekday } }: { readonly report: DryRunReport }) {
  const t = useWords(ruleTrialWords)
  const days = useWords(hourWords)
  return (
    <Stack gap={4}>
      <Title order={4} size="h5">
        {t('byWeekday')}
      </Title>
      <Columns
        label={t('byWeekday')}
        bars={perWeekday.map((value, index) => {
          const label = days(WEEKDAYS[index]!)
          return { key: label, value, label, says: t('bar', { label, count: value }) }
        })}
      />
    </Stack>
  )
}

/** Who gets how many; beside the saved version also whom it no longer tells. */
function Recipients({ report, saved }: Compared) {
  const t = useWords(ruleTrialWords)
  const before = new Map(saved?.perRecipient.map((each) => [each.destination, each]))
  const here = new Set(report.perRecipient.map(({ destination }) => destination))
  const gone = [...before.values()].filter(({ destination }) => !here.has(destination))
  const all = [...report.perRecipient, ...gone.map((each) => ({ ...each, messages: 0 }))]
  return (
    <Stack gap={6}>
      <Title order={4} size="h5">
        {t('byRecipient')}
      </Title>
      <Lines
        label={t('byRecipient')}
        bars={all.slice(0, DRAWN).map(({ destination, recipient, messages }) => {
          const was = before.get(destination)?.messages ?? 0
          return {
            key: `${destination} ${recipient ?? ''}`,
            name: recipient === null ? destination : `${recipient} · ${destination}`,
            value: messages,
            ...(saved === undefined || was === messages ? {} : { note: t('was', { count: was }) }),
          }
        })}
      />
      {all.length > DRAWN && (
        <Text size="sm" className="quiet">
          {t('more', { count: all.length - DRAWN })}
        </Text>
      )}
    </Stack>
  )
}

function First({ report: { first } }: { readonly report: DryRunReport }) {
  const t = useWords(ruleTrialWords)
  const [isWhole, setWhole] = useState(first.length <= SHOWN)
  return (
    <Stack gap={6}>
      <Title order={4} size="h5">
        {t('first')}
      </Title>
      <ol className={classes['first']}>
        {first.slice(0, isWhole ? first.length : SHOWN).map(({ at, destination, title, text }, index) => (
          <li key={index}>
            <Text size="sm" className="quiet">
              <TimeText at={at} /> · {destination}
            </Text>
            <Text size="sm" fw={550}>
              {title}
            </Text>
            {text !== '' && (
              <Text size="sm" style={{ whiteSpace: 'pre-line' }} lineClamp={4}>
                {text}
              </Text>
            )}
          </li>
        ))}
      </ol>
      {!isWhole && (
        <Button size="compact-sm" variant="subtle" style={{ alignSelf: 'flex-start' }} onClick={() => setWhole(true)}>
          {t('showFirst', { count: first.length })}
        </Button>
      )}
    </Stack>
  )
}
