import { Anchor, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { TracedRule } from '../../data/events.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'

/** Which rules wanted the event; those that did not, each with the sentence why; those about other types, folded away. */
export function RulesStep({ rules }: { readonly rules: readonly TracedRule[] }) {
  const t = useWords(eventWords)
  const matched = rules.filter(({ result }) => result === 'matched')
  const others = rules.filter(({ reason }) => reason === 'type')
  const refused = rules.filter(({ result, reason }) => result === 'refused' && reason !== 'type')
  return (
    <Stack gap={6}>
      <Text size="sm">
        {rules.length === 0
          ? t('noRules')
          : matched.length === 0
            ? t('noneMatched')
            : t('matched', { count: matched.length, of: rules.length })}
        {matched.map((rule, index) => (
          <span key={rule.id}>
            {index === 0 ? ': ' : ', '}
            <RuleName rule={rule} />
          </span>
        ))}
      </Text>
      {refused.length > 0 && (
        <>
          <Text size="sm" className="quiet">
            {t('refused')}
          </Text>
          <ul className="plain">
            {refused.map((rule) => (
              <Text component="li" size="sm" key={rule.id}>
                <RuleName rule={rule} /> — {rule.says}
              </Text>
            ))}
          </ul>
        </>
      )}
      {others.length > 0 && (
        <details>
          <summary>
            <Text span size="sm">
              {t('others', { count: others.length })}
            </Text>
          </summary>
          <ul className="plain">
            {others.map((rule) => (
              <Text component="li" size="sm" key={rule.id}>
                <RuleName rule={rule} /> <span className="quiet">— {rule.says}</span>
              </Text>
            ))}
          </ul>
        </details>
      )}
    </Stack>
  )
}

function RuleName({ rule: { id, name, removed } }: { readonly rule: TracedRule }) {
  const t = useWords(eventWords)
  const mayRead = useMay('rules.read')
  // Number 0 and below are rules that nobody made.
  if (removed === true || !mayRead || !/^[1-9]\d*$/.test(id))
    return (
      <>
        «{name}»{removed === true && <span className="quiet"> ({t('ruleGone')})</span>}
      </>
    )
  return (
    <Anchor component={Link} to={`/notifications/rules/${id}`} inherit underline="always">
      {name}
    </Anchor>
  )
}
