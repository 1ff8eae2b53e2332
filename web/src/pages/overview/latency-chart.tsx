import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { overviewWords } from '../../words/overview.ts'
import { binLabel, binName, tookText, type Bin } from './figures.ts'
import classes from './overview.module.css'

/** Lines with a dash of their own each. */
const LINES = [
  { key: 'half', colour: 'var(--nabat-good)', dash: '2 3' },
  { key: 'most', colour: 'var(--nabat-info)', dash: undefined },
  { key: 'criticalMost', colour: 'var(--nabat-critical)', dash: '8 4' },
] as const

const TICKS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000]

interface LatencyChartProps {
  readonly bins: readonly Bin[]
  readonly hours: number
  /** All of it in words. */
  readonly label: string
}

/** How long messages took, over time, on a scale on which milliseconds and hours have their place. */
export function LatencyChart({ bins, hours, label }: LatencyChartProps) {
  const t = useWords(overviewWords)
  const timeZone = useTimeZone()
  // There is no place for nought on such a scale.
  const atLeastOne = (ms: number | null): number | null => (ms === null ? null : Math.max(1, ms))
  const points = bins.map((bin) => ({
    bin,
    from: bin.from,
    half: atLeastOne(bin.all.p50Ms),
    most: atLeastOne(bin.all.p95Ms),
    criticalMost: atLeastOne(bin.critical.p95Ms),
  }))
  const known = points.flatMap(({ half, most, criticalMost }) => [half, most, criticalMost]).filter((ms) => ms !== null)
  const top = TICKS.findIndex((tick) => tick >= Math.max(...known))
  const bottom = TICKS.findLastIndex((tick) => tick <= Math.min(...known))
  const ticks = TICKS.slice(bottom, top < 0 ? undefined : Math.max(top, bottom + 1) + 1)
  return (
    <>
      <ul className={classes['legend']} aria-hidden>
        {LINES.map(({ key, colour, dash }) => (
          <li key={key}>
            <span className={classes['none']}>
              <svg width={28} height={8}>
                <path d="M0 4h28" stroke={colour} strokeWidth={2.5} strokeDasharray={dash} />
              </svg>
              {t(key)}
            </span>
          </li>
        ))}
      </ul>
      <div className={classes['latency']} role="img" aria-label={label}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--nabat-line)" />
            <XAxis
              dataKey="from"
              tickFormatter={(from: string) => binLabel(from, hours, timeZone)}
              tick={{ fill: 'var(--nabat-quiet)', fontSize: 12 }}
              tickLine={false}
              axisLine={{ stroke: 'var(--nabat-line)' }}
              minTickGap={16}
            />
            <YAxis
              width="auto"
              scale="log"
              domain={[ticks[0]!, ticks.at(-1)!]}
              ticks={ticks}
              tickFormatter={tookText}
              tick={{ fill: 'var(--nabat-quiet)', fontSize: 12 }}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--nabat-line)' }}
              content={({ active, payload }) =>
                active ? <Tip bin={(payload[0]?.payload as { bin: Bin } | undefined)?.bin} hours={hours} /> : null
              }
            />
            {LINES.map(({ key, colour, dash }) => (
              <Line
                key={key}
                dataKey={key}
                stroke={colour}
                strokeWidth={2}
                {...(dash === undefined ? {} : { strokeDasharray: dash })}
                dot={{ r: 2, strokeDasharray: '' }}
                isAnimationActive={false}
                connectNulls
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
    </>
  )
}

function Tip({ bin, hours }: { readonly bin: Bin | undefined; readonly hours: number }) {
  const t = useWords(overviewWords)
  const timeZone = useTimeZone()
  if (bin === undefined) return null
  return (
    <div className={classes['tip']}>
      <p>
        <b>{binName(bin, hours, timeZone)}</b>
      </p>
      <p>
        {t('half')} {tookText(bin.all.p50Ms)}
      </p>
      <p>
        {t('most')} {tookText(bin.all.p95Ms)}
      </p>
      {bin.critical.count > 0 && (
        <p>
          {t('criticalMost')} {tookText(bin.critical.p95Ms)}
        </p>
      )}
    </div>
  )
}
