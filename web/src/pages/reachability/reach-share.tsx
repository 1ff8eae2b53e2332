import { Box, Group, Text } from '@mantine/core'
import { language, useWords } from '../../i18n.ts'
import { reachWords } from '../../words/reachability.ts'

interface ReachShareProps {
  readonly people: number
  readonly unreachable: number
  readonly partly: number
}

/** How many people can be told something, drawn as a bar; the words below it say the same. */
export function ReachShare({ people, unreachable, partly }: ReachShareProps) {
  const t = useWords(reachWords)
  if (people === 0) return null
  const number = new Intl.NumberFormat(language())
  const parts = [
    ['good', people - unreachable - partly, 'fully'],
    ['warning', partly, 'partly'],
    ['critical', unreachable, 'notAtAll'],
  ] as const
  return (
    <Box mb="lg">
      <div
        aria-hidden
        style={{
          display: 'flex',
          gap: 2,
          height: 10,
          borderRadius: 5,
          overflow: 'hidden',
          background: 'var(--nabat-line)',
        }}
      >
        {parts.map(
          ([colour, count, key]) =>
            count > 0 && <div key={key} style={{ flex: `${count} 0 4px`, background: `var(--nabat-${colour})` }} />,
        )}
      </div>
      <Group gap="lg" mt={8} role="status">
        {parts.map(([colour, count, key]) => (
          <Group key={key} gap={6} wrap="nowrap">
            <span
              aria-hidden
              style={{ width: 10, height: 10, borderRadius: 3, background: `var(--nabat-${colour})`, flex: 'none' }}
            />
            <Text size="sm">
              {t(key)}: {number.format(count)}
            </Text>
          </Group>
        ))}
      </Group>
    </Box>
  )
}
