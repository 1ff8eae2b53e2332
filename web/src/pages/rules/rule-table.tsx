import { Group, Stack, Text, TextInput, Title, VisuallyHidden } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { useUndoableRemove } from '../../components/remove.tsx'
import { RowList } from '../../components/row-list.tsx'
import { saysOf } from '../../data/api.ts'
import { useCatalogue } from '../../data/catalogue.ts'
import { useEntities } from '../../data/entities.ts'
import { useChangeRules, useRules, useRulesReachingNobody, type StoredRule } from '../../data/rules.ts'
import { useMay } from '../../data/session.ts'
import { say, useWords } from '../../i18n.ts'
import { ruleWords } from '../../words/rules.ts'
import { AddRule, FirstRule } from './add-rule.tsx'
import { useConditionFields } from './condition-builder.tsx'
import { conditionInWords } from './condition-words.ts'
import { moved } from './rule-order.ts'
import { RuleRow, type RuleActions, type ShownRule } from './rule-row.tsx'
import classes from './rule-table.module.css'
import { aboutInWords, recipientInWords } from './rule-words.ts'

/** From this many rules on there is a field to find one. */
const SEARCHED = 6

/** Every rule: whom it tells of what, and what can be done with it. */
export function RuleTable() {
  const t = useWords(ruleWords)
  const found = useRules()
  const shown = useShownRules(found.data)
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const rows = useMemo(
    () => (wanted === '' ? shown : shown.filter((each) => searchText(each).includes(wanted))),
    [shown, wanted],
  )
  const { actions, said } = useRuleActions(found.data ?? [], wanted === '')
  const mayWrite = useMay('rules.write')
  const count = found.data?.length ?? 0
  const list = {
    rows,
    loading: found.isPending,
    error: found.error,
    hasMore: false,
    loadingMore: false,
    more: () => undefined,
    again: () => void found.refetch(),
    behind: false,
    refresh: () => undefined,
  }
  return (
    <Stack component="section" gap="sm" aria-label={t('title')}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div style={{ flex: '1 1 18rem' }}>
          <Title order={2}>{t('title')}</Title>
          <Text size="sm" className="quiet" maw="70ch">
            {t('text')}
          </Text>
        </div>
        {mayWrite && count > 0 && <AddRule />}
      </Group>
      {count >= SEARCHED && (
        <TextInput
          type="search"
          aria-label={t('search')}
          placeholder={t('searchHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          maw={360}
        />
      )}
      <div>
        {rows.length > 0 && (
          <div className={`${classes['row']} ${classes['head']}`} aria-hidden>
            <span style={{ width: 42 }} />
            <span>{t('column')}</span>
            <span>{t('who')}</span>
            <span>{t('what')}</span>
            <span style={{ width: 34 }} />
          </div>
        )}
        <RowList
          list={list}
          label={t('title')}
          height={72}
          empty={count > 0 ? <Empty title={t('notFound')} /> : <FirstRule mayWrite={mayWrite} />}
        >
          {(each) => <RuleRow shown={each} actions={actions} />}
        </RowList>
      </div>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </Stack>
  )
}

/** The rules with their words. */
function useShownRules(rules: readonly StoredRule[] | undefined): readonly ShownRule[] {
  const { data: types } = useCatalogue()
  const { byName } = useConditionFields([])
  const nobody = useRulesReachingNobody()
  return useMemo(
    () =>
      (rules ?? []).map((rule) => ({
        id: rule.id,
        rule,
        about: aboutInWords(rule, types ?? []),
        condition: rule.when === undefined ? undefined : conditionInWords(rule.when, byName),
        nobody: nobody.get(rule.name),
      })),
    [rules, types, byName, nobody],
  )
}

const searchText = ({ rule, about, condition }: ShownRule): string =>
  [rule.name, about, condition ?? '', ...rule.to.map(recipientInWords)].join('\n').toLowerCase()

/** What may be done here, and what has just been done, for those who do not see it. */
function useRuleActions(rules: readonly StoredRule[], inOrder: boolean): { actions: RuleActions; said: string } {
  const [said, setSaid] = useState('')
  const mayWrite = useMay('rules.write')
  const mayChannels = useMay('bots.read', 'mail.read')
  const { data: channels } = useEntities<{ name: string; kind: string }>('channels', mayChannels)
  const kinds = useMemo(() => new Map(channels?.map(({ name, kind }) => [name, kind])), [channels])
  const change = useChangeRules()
  const { remove } = useUndoableRemove('rules')
  const offerUndo = useOfferUndo()
  if (!mayWrite) return { actions: { kinds }, said }
  const onError = (error: unknown): void => {
    notifications.show({ message: saysOf(error), color: 'red', autoClose: false })
  }
  const turn = (rule: StoredRule, on: boolean): void =>
    change.mutate([{ rule, fields: { enabled: on } }], {
      onError,
      onSuccess: ([undo]) =>
        offerUndo(say(ruleWords, on ? 'switchedOn' : 'switchedOff', { name: rule.name }), undo ?? null),
    })
  const move = (rule: StoredRule, by: -1 | 1): void => {
    const changes = moved(rules, rule.id, by)
    const place = rules.findIndex(({ id }) => id === rule.id) + by + 1
    if (changes !== null) change.mutate(changes, { onError })
    else if (place >= 1 && place <= rules.length) notifications.show({ message: say(ruleWords, 'stuck') })
    if (changes !== null) setSaid(say(ruleWords, 'moved', { name: rule.name, place }))
  }
  return {
    actions: { kinds, turn, remove: (rule) => remove(rule.id, rule.name), ...(inOrder ? { move } : {}) },
    said,
  }
}
