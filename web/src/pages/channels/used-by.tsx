import { Anchor, Paper, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import { rulesNaming, useRules } from '../../data/rules.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'

/** More than these are told by their number. */
const NAMED = 10

/** The rules that name a channel: what would tell nobody any more without it. */
export function UsedBy({ channel }: { readonly channel: string }) {
  const seesRules = useMay('rules.read')
  return seesRules ? <Rules channel={channel} /> : null
}

function Rules({ channel }: { readonly channel: string }) {
  const t = useWords(channelWords)
  const { data } = useRules()
  if (data === undefined) return null
  const rules = rulesNaming(channel, data)
  return (
    <Paper withBorder p="md">
      <Title order={2} mb={4}>
        {rules.length === 0 ? t('unused') : t('usedBy', { count: rules.length })}
      </Title>
      <Text size="sm" className="quiet">
        {t(rules.length === 0 ? 'unusedText' : 'usedByText')}
      </Text>
      {rules.length > 0 && (
        <ul className="plain">
          {rules.slice(0, NAMED).map(({ id, name }) => (
            <li key={id}>
              <Anchor component={Link} to={`/notifications/rules/${id}`} size="sm" display="inline-block" py={4}>
                {name}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </Paper>
  )
}
