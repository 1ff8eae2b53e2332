import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyProps {
  /** 1 where it stands in place of a whole page. */
  readonly order?: 1 | 2
  readonly title: string
  /** What to do first. */
  readonly text?: string
  /** The button that does it. */
  readonly children?: ReactNode
}

/** Where there is nothing to show: what this place is for, and what to do first. */
export function Empty({ order = 2, title, text, children }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center" maw={560} mx="auto">
      <Title order={order}>{title}</Title>
      {text !== undefined && <Text className="quiet">{text}</Text>}
      {children}
    </Stack>
  )
}
