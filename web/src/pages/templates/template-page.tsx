import type { Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import { Select } from '@mantine/core'
import { useParams, useSearchParams } from 'react-router'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useCatalogue } from '../../data/catalogue.ts'
import { useEntity } from '../../data/entities.ts'
import type { StoredTemplate } from '../../data/templates.ts'
import { language, useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { templateWords } from '../../words/templates.ts'
import { TemplateEditor } from './template-editor.tsx'

/** Own words for a type: those stored by their id, or new ones for the type, channel and language of the address. */
export function TemplatePage() {
  const { id = 'new' } = useParams()
  const [search] = useSearchParams()
  const isNew = id === 'new'
  const found = useEntity<StoredTemplate>('templates', isNew ? undefined : id)
  const shell = useWords(shellWords)
  if (found.error !== null)
    return (
      <>
        <PageHeader title={shell('template')} up={{ to: '/templates', title: shell('templates') }} />
        <Failure error={found.error} again={() => void found.refetch()} />
      </>
    )
  if (!isNew && (found.data === undefined || found.isPlaceholderData)) return <Loading />
  const type = isNew ? (search.get('type') ?? '') : found.data!.type
  if (type === '') return <ChooseType />
  const first = isNew ? firstOf(search) : {}
  return <TemplateEditor key={`${id} ${search.toString()}`} type={type} entity={found.data} first={first} />
}

const LANGUAGE: Readonly<Record<string, Language>> = { ru: 'ru', en: 'en' }

function firstOf(search: URLSearchParams): Partial<Template> {
  const channel = search.get('channel')
  const wanted = LANGUAGE[search.get('language') ?? '']
  return { ...(channel === null ? {} : { channel }), ...(wanted === undefined ? {} : { language: wanted }) }
}

/** Somebody who came without a type. */
function ChooseType() {
  const t = useWords(templateWords)
  const shell = useWords(shellWords)
  const { data: types = [] } = useCatalogue()
  const [search, setSearch] = useSearchParams()
  return (
    <>
      <PageHeader
        title={t('newTemplate')}
        text={t('chooseType')}
        up={{ to: '/templates', title: shell('templates') }}
      />
      <Select
        label={t('type')}
        searchable
        maw={480}
        data={types.map(({ name, title }) => ({ value: name, label: title[language()] }))}
        onChange={(type) => type !== null && setSearch({ ...Object.fromEntries(search), type }, { replace: true })}
      />
    </>
  )
}
