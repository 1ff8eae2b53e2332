import { Loader, Stack } from '@mantine/core'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** While nothing is known yet. */
export function Loading() {
  const t = useWords(shellWords)
  return (
    <Stack align="center" py={64} role="status" aria-label={t('loading')}>
      <Loader type="dots" />
    </Stack>
  )
}
