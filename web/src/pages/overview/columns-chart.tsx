import { useId } from 'react'
import { useNavigate } from 'react-router'
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useTimeZone } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { binLabel, binName, deliveriesOf, ENDS, numberText, totalOf, type Bin } from './figures.ts'
import classes from './overview.module.css'
import { fillOf, Patterns } from './patterns.tsx'

interface ColumnsChartProps {
  readonly bins: readonly Bin[]
  readonly hours: number
  /** All of it in words. */
  readonly label: string
}

/** Deliveries as columns over time; a part of a column leads to what it counts, the place above it to all of that time. */
export function ColumnsChart({ bins, hours, label }: ColumnsChartProps) {
  const navigate = useNavigate()
  const timeZone = useTimeZone()
  const id = useId()
  return (
    <div className={classes['chart']} role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={bins as Bin[]}
          margin={{ top: 4, right: 4, bottom: 0, left: 0 }}
          barCategoryGap={2}
          accessibilityLayer={false}
          onClick={({ activeTooltipIndex }) => {
            const bin = bins[Number(activeTooltipIndex ?? -1)]
            if (bin !== undefined) void navigate(deliveriesOf(bin))
          }}
        >
          <Patterns id={id} />
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
            allowDecimals={false}
            tickFormatter={numberText}
            tick={{ fill: 'var(--nabat-quiet)', fontSize: 12 }}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ fill: 'var(--nabat-hover)' }}
            isAnimationActive={false}
            content={({ active, payload }) =>
              active ? <Tip bin={payload[0]?.payload as Bin | undefined} hours={hours} /> : null
            }
          />
          {ENDS.map(({ state }) => (
            <Bar
              key={state}
              dataKey={state}
              stackId="ends"
              fill={fillOf(id, state)}
              isAnimationActive={false}
              onClick={({ payload }, _index, event) => {
                event.stopPropagation()
                void navigate(deliveriesOf(payload as Bin, state))
              }}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}

function Tip({ bin, hours }: { readonly bin: Bin | undefined; readonly hours: number }) {
  const shell = useWords(shellWords)
  const timeZone = useTimeZone()
  if (bin === undefined) return null
  const ends = ENDS.filter(({ state }) => bin[state] > 0).toReversed()
  return (
    <div className={classes['tip']}>
      <p>
        <b>{binName(bin, hours, timeZone)}</b> · {numberText(totalOf(bin))}
      </p>
      {ends.map(({ state, word }) => (
        <p key={state}>
          {shell(word)}: {numberText(bin[state])}
        </p>
      ))}
    </div>
  )
}
