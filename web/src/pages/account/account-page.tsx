import { Stack } from '@mantine/core'
import { PageHeader } from '../../components/page-header.tsx'
import { useWords } from '../../i18n.ts'
import { accountWords } from '../../words/account.ts'
import { shellWords } from '../../words/shell.ts'
import { Devices } from './devices.tsx'
import { OwnSections } from './own-sections.tsx'
import { Password } from './password.tsx'
import { SecondFactor } from './second-factor.tsx'
import { Sessions } from './sessions.tsx'

/**
 * What somebody sets up for himself, in this order: card and language, hours, ways, preferences, devices, second factor,
 * sessions, password.
 */
export function AccountPage() {
  const t = useWords(accountWords)
  const shell = useWords(shellWords)
  return (
    <>
      <PageHeader title={shell('account')} text={t('text')} />
      <Stack gap="xl" maw={760}>
        <OwnSections />
        <Devices />
        <SecondFactor />
        <Sessions />
        <Password />
      </Stack>
    </>
  )
}
