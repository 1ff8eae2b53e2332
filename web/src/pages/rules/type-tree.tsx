import { ActionIcon, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useId, useMemo, useState } from 'react'
import { useCatalogue, type EventType } from '../../data/catalogue.ts'
import { language, useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { typesNamed, withoutTicked, withTicked } from './type-names.ts'
import classes from './type-tree.module.css'

interface TypeTreeProps {
  /** What the tree is of, for screen readers. */
  readonly label: string
  /** Names of types as the rule has them. */
  readonly names: readonly string[]
  readonly onChange: (names: readonly string[]) => void
  /** A category that stands first and open. */
  readonly first?: string
  readonly error?: React.ReactNode
}

/** The catalogue to tick in: by category, whole ones or single types, with a search. */
export function TypeTree({ label, names, onChange, first, error }: TypeTreeProps) {
  const t = useWords(ruleEditorWords)
  const { data: types = [] } = useCatalogue()
  const [search, setSearch] = useState('')
  const all = useMemo(() => types.map(({ name }) => name), [types])
  const ticked = useMemo(() => new Set(typesNamed(names, all)), [names, all])
  const wanted = search.trim().toLowerCase()
  const found = types.filter((type) => wanted === '' || textOf(type).includes(wanted))
  const categories = [...Map.groupBy(found, ({ category }) => category)].toSorted(
    ([a], [b]) => Number(b === first) - Number(a === first),
  )
  const wide = names.filter((name) => name === '*' || name.endsWith('.*'))
  const set = (some: readonly string[], on: boolean): void =>
    onChange(on ? withTicked(names, all, some) : withoutTicked(names, all, some))
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <TextInput
        type="search"
        aria-label={t('searchTypes')}
        placeholder={t('searchTypesHint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        maw={360}
      />
      {error !== undefined && (
        <Text size="sm" c="var(--nabat-critical)" role="alert">
          {error}
        </Text>
      )}
      <div className="rows-list">
        {categories.map(([category, inIt]) => (
          <Category
            key={category}
            types={inIt}
            ticked={ticked}
            set={set}
            opened={wanted !== '' || (category === first ? true : undefined)}
          />
        ))}
        {categories.length === 0 && (
          <Text size="sm" className="quiet" p="sm">
            {t('noSuchTypes')}
          </Text>
        )}
      </div>
      <Text size="sm" className="quiet" role="status">
        {t('ticked', { count: ticked.size, all: all.length })}
        {wide.length > 0 && `. ${t('wide', { names: wide.join(', ') })}`}
      </Text>
    </Stack>
  )
}

const textOf = ({ name, title, categoryTitle }: EventType): string =>
  `${name} ${title.ru} ${title.en} ${categoryTitle}`.toLowerCase()

interface CategoryProps {
  readonly types: readonly EventType[]
  readonly ticked: ReadonlySet<string>
  readonly set: (types: readonly string[], on: boolean) => void
  /** Open whatever somebody has chosen; undefined: as chosen. */
  readonly opened: true | undefined
}

function Category({ types, ticked, set, opened }: CategoryProps) {
  const t = useWords(ruleEditorWords)
  const id = useId()
  const names = types.map(({ name }) => name)
  const count = names.filter((name) => ticked.has(name)).length
  // Looked at once: a category must not close because its last type was ticked.
  const [isPartly] = useState(count > 0 && count < names.length)
  const [chosen, setChosen] = useState<boolean>()
  const isOpen = chosen ?? opened ?? isPartly
  const category = types[0]!.categoryTitle
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <div className={classes['category']}>
      <div className={classes['head']}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('showCategory', { category })}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setChosen(!isOpen)}
        >
          <Chevron size={18} aria-hidden />
        </ActionIcon>
        <Checkbox
          label={category}
          aria-label={t('wholeCategory', { category })}
          checked={count === names.length}
          indeterminate={count > 0 && count < names.length}
          onChange={({ currentTarget }) => set(names, currentTarget.checked)}
        />
        <Text size="sm" className="quiet">
          {count > 0 && t('inCategory', { ticked: count, all: names.length })}
        </Text>
      </div>
      <div id={id} className={classes['types']} hidden={!isOpen} style={isOpen ? undefined : { display: 'none' }}>
        {isOpen &&
          types.map(({ name, title }) => (
            <Checkbox
              key={name}
              label={
                <>
                  {title[language()]}
                  <span className={`mono ${classes['name']}`}>{name}</span>
                </>
              }
              aria-label={title[language()]}
              checked={ticked.has(name)}
              onChange={({ currentTarget }) => set([name], currentTarget.checked)}
            />
          ))}
      </div>
    </div>
  )
}
