import type { Overview } from '@nabat/api/overview.ts'
import { Anchor, Box, Paper, Text, Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { shellWords } from '../../words/shell.ts'
import { binName, deliveriesOf, ENDS, numberText, totalOf } from './figures.ts'
import classes from './overview.module.css'
import { Swatch } from './patterns.tsx'

const ColumnsChart = lazy(() => import('./columns-chart.tsx').then((module) => ({ default: module.ColumnsChart })))

/** Deliveries over time and how they ended: drawn, and as a table for those who do not see or do not use a mouse. */
export function DeliveriesCard({ overview }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const shell = useWords(shellWords)
  const { total, bins, hours } = overview
  const words = Object.fromEntries(ENDS.map(({ state }) => [state, numberText(total[state])]))
  return (
    <Paper component="section" withBorder p="md" mb="md" aria-labelledby="deliveries">
      <Title order={2} id="deliveries">
        {t('deliveries')}
      </Title>
      {totalOf(total) === 0 ? (
        <Text className="quiet">{t('noDeliveries')}</Text>
      ) : (
        <>
          <Text size="sm" className="quiet" mb="sm">
            {t('deliveriesText')}
          </Text>
          <ul className={classes['legend']}>
            {ENDS.map(({ state, word }) => {
              const text = `${shell(word)}: ${numberText(total[state])}`
              return (
                <li key={state}>
                  {total[state] === 0 ? (
                    <span className={`${classes['none']} quiet`}>
                      <Swatch state={state} /> {text}
                    </span>
                  ) : (
                    <Anchor component={Link} to={deliveriesOf(overview, state)}>
                      <Swatch state={state} /> {text}
                    </Anchor>
                  )}
                </li>
              )
            })}
          </ul>
          <Suspense fallback={<Box className={classes['chart'] ?? ''} />}>
            <ColumnsChart bins={bins} hours={hours} label={t('chart', words)} />
          </Suspense>
          <BinTable overview={overview} />
        </>
      )}
    </Paper>
  )
}

/** The same as a table, each number a link to what it counts. */
function BinTable({ overview: { bins, hours } }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const shell = useWords(shellWords)
  const timeZone = useTimeZone()
  const filled = bins.filter((bin) => totalOf(bin) > 0).toReversed()
  return (
    <details className={classes['details'] ?? ''}>
      <summary>{t('asTable')}</summary>
      <div role="group" className={classes['table']} aria-label={t('deliveries')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('time')}</th>
              <th scope="col">{t('all')}</th>
              {ENDS.map(({ state, word }) => (
                <th key={state} scope="col">
                  {shell(word)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {filled.map((bin) => (
              <tr key={bin.from}>
                <th scope="row">{binName(bin, hours, timeZone)}</th>
                <td>
                  <Anchor component={Link} to={deliveriesOf(bin)} inherit>
                    {numberText(totalOf(bin))}
                  </Anchor>
                </td>
                {ENDS.map(({ state }) => (
                  <td key={state}>
                    {bin[state] === 0 ? (
                      '0'
                    ) : (
                      <Anchor component={Link} to={deliveriesOf(bin, state)} inherit>
                        {numberText(bin[state])}
                      </Anchor>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
