import { Checkbox, Select } from '@mantine/core'
import { useCatalogue } from '../../data/catalogue.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { ThroughSelect, type RecipientFieldsProps } from './recipient-fields.tsx'
import { relationInWords } from './rule-words.ts'
import { typesNamed } from './type-names.ts'

const HEAD = /^head of (?:the )?/

/** Whom the event names: what the chosen types declare, or their heads. */
export function RelationFields(props: RecipientFieldsProps & { readonly types: readonly string[] }) {
  const t = useWords(ruleEditorWords)
  const { to, change, error, types } = props
  const { data: catalogue = [] } = useCatalogue()
  const named = new Set(
    typesNamed(
      types,
      catalogue.map(({ name }) => name),
    ),
  )
  const ofTypes = catalogue.filter(({ name }) => named.size === 0 || named.has(name))
  const relation = to.relation!.replace(HEAD, '')
  const known = new Set([...ofTypes.flatMap(({ relations }) => Object.keys(relations)), 'actor', relation])
  const isHead = HEAD.test(to.relation!)
  const put = (name: string, head: boolean): void => change({ ...to, relation: head ? `head of ${name}` : name })
  return (
    <>
      <div>
        <Select
          label={t('relation')}
          data={[...known].map((name) => ({ value: name, label: relationInWords(name) }))}
          value={relation}
          onChange={(name) => name !== null && put(name, isHead)}
          allowDeselect={false}
          error={error('relation') ?? error('')}
        />
        <Checkbox
          mt={8}
          size="sm"
          label={t('head')}
          checked={isHead}
          onChange={({ currentTarget }) => put(relation, currentTarget.checked)}
        />
      </div>
      <ThroughSelect {...props} />
    </>
  )
}
