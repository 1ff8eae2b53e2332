import type { Rule } from '@nabat/api/rule.ts'
import { useParams, useSearchParams } from 'react-router'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useEntity } from '../../data/entities.ts'
import { say, useWords } from '../../i18n.ts'
import { ruleWords } from '../../words/rules.ts'
import { shellWords } from '../../words/shell.ts'
import { RuleEditor } from './rule-editor.tsx'
import { startNamed, STARTS } from './rule-starts.ts'

/** A rule: a stored one by its id, or a new one, which may begin as a copy, at a starting point, or with a type or chat. */
export function RulePage() {
  const { id = 'new' } = useParams()
  const [search] = useSearchParams()
  const copied = search.get('from')
  const wanted = id === 'new' ? (copied ?? undefined) : id
  const found = useEntity<Rule>('rules', wanted)
  const shell = useWords(shellWords)
  if (found.error !== null)
    return (
      <>
        <PageHeader title={shell('rule')} up={{ to: '/notifications', title: shell('notifications') }} />
        <Failure error={found.error} again={() => void found.refetch()} />
      </>
    )
  if (wanted !== undefined && (found.data === undefined || found.isPlaceholderData)) return <Loading />
  const first = id === 'new' ? firstOf(search, found.data) : undefined
  return <RuleEditor key={`${id} ${search.toString()}`} entity={id === 'new' ? undefined : found.data} first={first} />
}

/** What a new rule begins with, as its address says. */
function firstOf(search: URLSearchParams, copied: Rule | undefined): Partial<Rule> {
  if (copied !== undefined) {
    const { position: _, ...rule } = copied
    return { ...rule, name: say(ruleWords, 'copyOf', { name: rule.name }) }
  }
  const start = startNamed(search.get('start'))
  const [type, channel, chat, address] = ['type', 'channel', 'chat', 'address'].map((name) => search.get(name))
  const to =
    channel == null ? [] : [{ channel, ...(chat == null ? {} : { chat }), ...(address == null ? {} : { address }) }]
  return {
    ...(start === undefined ? {} : { name: say(ruleWords, `start.${start}`), ...STARTS[start] }),
    ...(type == null ? {} : { types: [type] }),
    ...(to.length === 0 ? {} : { to }),
  }
}
