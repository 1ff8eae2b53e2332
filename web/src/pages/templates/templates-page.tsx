import { Button, Group, SegmentedControl, Stack, TextInput, Title } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useCatalogue } from '../../data/catalogue.ts'
import { PARTS, useTemplates, type StoredTemplate } from '../../data/templates.ts'
import { useMay } from '../../data/session.ts'
import { language, useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { templateWords } from '../../words/templates.ts'
import { TypeRow } from './type-row.tsx'

/** A type that may have own words. */
interface Row {
  readonly type: string
  readonly title: string
  readonly category: string
  readonly templates: readonly StoredTemplate[]
}

const fits = ({ type, title, templates }: Row, wanted: string): boolean =>
  [type, title, ...templates.flatMap((each) => [each.name, ...PARTS.map((part) => each[part] ?? '')])].some((text) =>
    text.toLowerCase().includes(wanted),
  )

/** For which events there are own words, and the way to write some. */
export function TemplatesPage() {
  const t = useWords(templateWords)
  const shell = useWords(shellWords)
  const looks = useMay('workspace.write')
  const { data: types, error: failed, refetch } = useCatalogue()
  const { data: templates, error, refetch: again } = useTemplates()
  const [search, setSearch] = useState('')
  const [show, setShow] = useState<'all' | 'own'>('all')
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const of = Map.groupBy(templates ?? [], ({ type }) => type)
  const spoken = language()
  const rows: readonly Row[] = [
    ...(types ?? []).map((type) => ({ type: type.name, title: type.title[spoken], category: type.categoryTitle })),
    ...(['digest', 'storm'] as const).map((type) => ({ type, title: t(type), category: t('gathered') })),
  ].map((row) => ({ ...row, templates: of.get(row.type) ?? [] }))
  const found = rows.filter((row) => (show === 'all' || row.templates.length > 0) && fits(row, wanted))
  const isLoading = types === undefined || templates === undefined
  const isNone = templates?.length === 0
  return (
    <>
      <PageHeader title={shell('templates')} text={t('text')}>
        {looks && (
          <Button component={Link} to="/company#look" variant="default">
            {t('look')}
          </Button>
        )}
      </PageHeader>
      {failed !== null && <Failure error={failed} again={() => void refetch()} />}
      {error !== null && <Failure error={error} again={() => void again()} />}
      {isLoading ? (
        failed === null && error === null && <Loading />
      ) : (
        <>
          {isNone && <Empty title={t('none')} text={t('noneText')} />}
          <Group mb="lg" gap="sm">
            <TextInput
              type="search"
              aria-label={shell('search')}
              placeholder={t('searchHint')}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={search}
              onChange={({ currentTarget }) => setSearch(currentTarget.value)}
              flex="1 1 16rem"
              maw={420}
            />
            {!isNone && (
              <SegmentedControl
                aria-label={t('show')}
                value={show}
                onChange={setShow}
                data={[
                  { value: 'all', label: t('showAll') },
                  { value: 'own', label: t('showOwn') },
                ]}
              />
            )}
          </Group>
          {found.length === 0 && <Empty title={t('nothing')} text={t('nothingText')} />}
          <Stack gap="xl">
            {[...Map.groupBy(found, ({ category }) => category)].map(([title, items]) => (
              <section key={title} aria-label={title}>
                <Title order={2} mb="xs">
                  {title}
                </Title>
                <ul className="plain rows-list">
                  {items.map((row) => (
                    <TypeRow key={row.type} {...row} />
                  ))}
                </ul>
              </section>
            ))}
          </Stack>
        </>
      )}
    </>
  )
}
