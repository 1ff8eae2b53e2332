import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface EmptyProps {
  readonly title: string
  /** What to do first. */
  readonly text?: string
  /** The button that does it. */
  readonly children?: ReactNode
}

/** Where there is nothing to show: what this place is for, and what to do first. */
export function Empty({ title, text, children }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center" maw={560} mx="auto">
      <Title order={2}>{title}</Title>
      {text !== undefined && <Text className="quiet">{text}</Text>}
      {children}
    </Stack>
  )
}
