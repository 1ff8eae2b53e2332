import { Paper, Text, Title } from '@mantine/core'
import { useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { accountWords } from '../../words/account.ts'
import { roleWords } from '../../words/roles.ts'

/** Who one is here, in which language and zone. */
export function OwnCard() {
  const t = useWords(accountWords)
  const role = useWords(roleWords)
  const { account, user } = useSignedIn()
  if (user === null) return null
  return (
    <Paper withBorder p="md">
      <Title order={2} mb={4}>
        {user.name ?? account.login}
      </Title>
      <Text className="quiet" size="sm">
        {[account.login, account.email, user.roles.map((each) => role(each)).join(', ')].filter(Boolean).join(' · ')}
      </Text>
      <Text size="sm" mt="sm">
        {t('zone')}: {user.timeZone} · {t('language')}: {t(user.language)}
      </Text>
      <Text className="quiet" size="sm">
        {t('cardHint')}
      </Text>
    </Paper>
  )
}
