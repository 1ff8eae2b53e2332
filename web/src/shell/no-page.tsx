import { Empty } from '../components/empty.tsx'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** What is shown at an address that names nothing. */
export function NoPage() {
  const t = useWords(shellWords)
  return <Empty title={t('noPage')} text={t('noPageWhy')} />
}
