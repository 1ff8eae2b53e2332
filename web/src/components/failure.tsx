import { Alert, Button, Stack, Text } from '@mantine/core'
import { saysOf } from '../data/api.ts'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** What could not be loaded: why, and the button to try again. */
export function Failure({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const t = useWords(shellWords)
  return (
    <Alert color="red" variant="light" title={t('failed')} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{saysOf(error)}</Text>
        {again !== undefined && (
          <Button size="xs" variant="default" onClick={again}>
            {t('again')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
