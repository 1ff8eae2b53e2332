import { Anchor, Paper, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import { numberText } from './figures.ts'
import classes from './overview.module.css'

interface TopsCardProps {
  readonly id: string
  readonly title: string
  readonly text: string
  /** Said where there is none. */
  readonly none: string
  readonly rows: readonly { readonly name: string; readonly count: number; readonly to: string }[]
}

/** What there is most of, the first five. */
export function TopsCard({ id, title, text, none, rows }: TopsCardProps) {
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      <Text size="sm" className="quiet" mb="xs">
        {rows.length === 0 ? none : text}
      </Text>
      <ol className={classes['tops']}>
        {rows.map(({ name, count, to }) => (
          <li key={name}>
            <Anchor component={Link} to={to}>
              {name}
            </Anchor>
            <span aria-hidden>
              <span className={classes['fill']} style={{ width: `${(count / most) * 100}%` }} />
            </span>
            <span className={classes['count']}>{numberText(count)}</span>
          </li>
        ))}
      </ol>
    </Paper>
  )
}
