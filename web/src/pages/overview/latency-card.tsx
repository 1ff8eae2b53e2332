import type { Overview } from '@nabat/api/overview.ts'
import { Box, Paper, Text, Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { binName, tookText } from './figures.ts'
import classes from './overview.module.css'

const LatencyChart = lazy(() => import('./latency-chart.tsx').then((module) => ({ default: module.LatencyChart })))

/** How long messages take. */
export function LatencyCard({ overview: { all, critical, bins, hours } }: { readonly overview: Overview }) {
  const t = useWords(overviewWords)
  const timeZone = useTimeZone()
  const values = { half: tookText(all.p50Ms), most: tookText(all.p95Ms) }
  const filled = bins.filter((bin) => bin.all.count > 0).toReversed()
  return (
    <Paper component="section" withBorder p="md" aria-labelledby="latency">
      <Title order={2} id="latency">
        {t('latency')}
      </Title>
      <Text size="sm" className="quiet" mb="xs">
        {t('latencyText')}
      </Text>
      {all.count === 0 ? (
        <Text className="quiet">{t('noLatency')}</Text>
      ) : (
        <>
          <Text mb="sm">
            {t('half')} <b>{values.half}</b>, {t('most').toLowerCase()} <b>{values.most}</b>
            {critical.count > 0 &&
              `; ${t('criticalHalf', { half: tookText(critical.p50Ms), most: tookText(critical.p95Ms) })}`}
          </Text>
          <Suspense fallback={<Box className={classes['latency'] ?? ''} />}>
            <LatencyChart bins={bins} hours={hours} label={t('latencyChart', values)} />
          </Suspense>
          <details className={classes['details'] ?? ''}>
            <summary>{t('asTable')}</summary>
            <div role="group" className={classes['table']} aria-label={t('latency')} tabIndex={0}>
              <table>
                <thead>
                  <tr>
                    {(['time', 'half', 'most', 'criticalMost'] as const).map((key) => (
                      <th key={key} scope="col">
                        {t(key)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {filled.map((bin) => (
                    <tr key={bin.from}>
                      <th scope="row">{binName(bin, hours, timeZone)}</th>
                      {[bin.all.p50Ms, bin.all.p95Ms, bin.critical.p95Ms].map((ms, index) => (
                        // oxlint-disable-next-line react/no-array-index-key -- three columns, always the same
                        <td key={index}>{tookText(ms)}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </Paper>
  )
}
