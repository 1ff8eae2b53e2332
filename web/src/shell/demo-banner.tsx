import { Anchor, Text } from '@mantine/core'
import { Link, useLocation } from 'react-router'
import { useMay } from '../data/session.ts'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** Above every page of a demonstration. */
export function DemoBanner() {
  const t = useWords(shellWords)
  const { pathname } = useLocation()
  const maySeeIt = useMay('events.send')
  return (
    <Text size="sm" className="demo-banner" role="note">
      {t('demoBanner')}{' '}
      {maySeeIt && pathname !== '/demo' && (
        <Anchor component={Link} to="/demo" inherit underline="always">
          {t('toDemo')}
        </Anchor>
      )}
    </Text>
  )
}
