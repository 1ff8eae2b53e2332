import { Accordion, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useCatalogue, type EventType } from '../../data/catalogue.ts'
import { useEntities } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { language, useWords } from '../../i18n.ts'
import { catalogueWords } from '../../words/catalogue.ts'
import { shellWords } from '../../words/shell.ts'
import { TypeCard } from './type-card.tsx'

/** Whether a type is what somebody looks for: by its title, its name, or a field of its data. */
const fits = ({ title, name, data }: EventType, wanted: string): boolean =>
  [title.ru, title.en, name, ...Object.keys(data.properties ?? {})].some((text) => text.toLowerCase().includes(wanted))

/** Every event there is, by category. */
export function CataloguePage() {
  const t = useWords(catalogueWords)
  const shell = useWords(shellWords)
  const { data: types, error, refetch } = useCatalogue()
  const { data: own = [] } = useEntities<{ name: string }>('types')
  const idOf = new Map(own.map(({ name, id }) => [name, id]))
  const writes = useMay('types.write')
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const found = types?.filter((type) => fits(type, wanted)) ?? []
  const categories = Map.groupBy(found, ({ categoryTitle }) => categoryTitle)
  return (
    <>
      <PageHeader title={shell('catalogue')} text={t('text')}>
        {writes && (
          <Button
            component={Link}
            to="/catalogue/new"
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden />}
          >
            {t('add')}
          </Button>
        )}
      </PageHeader>
      <TextInput
        type="search"
        aria-label={shell('search')}
        placeholder={t('searchHint')}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        maw={420}
        mb="lg"
      />
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {types === undefined && error === null && <Loading />}
      {types !== undefined && found.length === 0 && <Empty title={t('nothing')} text={t('nothingText')} />}
      <Stack gap="xl">
        {[...categories].map(([title, items]) => (
          <Category key={title} title={title} types={items} idOf={idOf} />
        ))}
      </Stack>
    </>
  )
}

interface CategoryProps {
  readonly title: string
  readonly types: readonly EventType[]
  /** Ids of the workspace's own types, by name. */
  readonly idOf: ReadonlyMap<string, string>
}

function Category({ title, types, idOf }: CategoryProps) {
  const t = useWords(catalogueWords)
  return (
    <section>
      <Group gap="xs" mb="xs" align="baseline">
        <Title order={2}>{title}</Title>
        <Text size="sm" className="quiet">
          {t('count', { count: types.length })}
        </Text>
      </Group>
      <Accordion variant="contained" chevronPosition="left" order={3}>
        {types.map((type) => (
          <Accordion.Item key={type.name} value={type.name}>
            <Accordion.Control>
              <Group gap="sm" wrap="nowrap">
                <SeverityMark severity={type.severity} bare />
                <div>
                  <Text fw={550}>{type.title[language()]}</Text>
                  <Text className="quiet mono">{type.name}</Text>
                </div>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <TypeCard type={type} own={idOf.get(type.name)} />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  )
}
