import { useEffect } from 'react'
import { Empty } from '../components/empty.tsx'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { titlePage } from './window-title.ts'

/** What is shown at an address that names nothing. */
export function NoPage() {
  const t = useWords(shellWords)
  const title = t('noPage')
  useEffect(() => {
    titlePage(title)
  }, [title])
  return <Empty order={1} title={title} text={t('noPageWhy')} />
}
