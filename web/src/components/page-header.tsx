import { Anchor, Box, Group, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

interface PageHeaderProps {
  readonly title: ReactNode
  /** One sentence: what this page is for. */
  readonly text?: ReactNode
  /** The page above this one. */
  readonly up?: { readonly to: string; readonly title: string }
  /** Buttons. */
  readonly children?: ReactNode
}

/** Top of a page: where one is, and what can be done. */
export function PageHeader({ title, text, up, children }: PageHeaderProps) {
  return (
    <Box component="header" mb="lg">
      {up !== undefined && (
        <Anchor component={Link} to={up.to} size="sm" display="inline-flex" mb={4}>
          <IconArrowLeft size={18} aria-hidden /> {up.title}
        </Anchor>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box flex="1 1 18rem">
          <Title order={1}>{title}</Title>
          {text !== undefined && (
            <Text className="quiet" size="sm" mt={4} maw="70ch">
              {text}
            </Text>
          )}
        </Box>
        {children !== undefined && <Group gap="xs">{children}</Group>}
      </Group>
    </Box>
  )
}
