import { Button, Code, Stack } from '@mantine/core'
import { useRouteError } from 'react-router'
import { Empty } from '../components/empty.tsx'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** In place of a page that failed to draw, or whose file a newer version of the console no longer has. */
export function Broken() {
  const error = useRouteError()
  const t = useWords(shellWords)
  return (
    <Stack p="xl" align="center">
      <Empty order={1} title={t('broken')} text={t('brokenWhy')}>
        <Button onClick={() => window.location.reload()}>{t('reload')}</Button>
      </Empty>
      <Code block>{error instanceof Error ? error.message : String(error)}</Code>
    </Stack>
  )
}
