import type { Session } from '@nabat/api/session.ts'
import { useEffect, type ReactNode } from 'react'
import { Empty } from '../components/empty.tsx'
import { useSignedIn } from '../data/session.ts'
import { useWords } from '../i18n.ts'
import type { Page } from '../pages.ts'
import { shellWords } from '../words/shell.ts'
import { titlePage } from './window-title.ts'

/** Whether somebody may see a page. */
export const maySee = ({ anyOf, operator, demo }: Page, session: Session): boolean =>
  (demo !== true || session.demo) &&
  (operator === true
    ? session.account.operator
    : anyOf.length === 0 || anyOf.some((permission) => session.permissions.includes(permission)))

/** The page, or why it is not shown. */
export function PageFrame({ page, children }: { readonly page: Page; readonly children: ReactNode }) {
  const t = useWords(shellWords)
  const allowed = maySee(page, useSignedIn())
  const title = t(allowed ? page.title : 'noAccess')
  useEffect(() => {
    titlePage(title)
  }, [title])
  return allowed ? children : <Empty order={1} title={t('noAccess')} text={t('noAccessWhy')} />
}
