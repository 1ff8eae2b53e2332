import { useEffect, useRef } from 'react'
import { matchPath, NavigationType, useLocation, useNavigationType } from 'react-router'
import { useWords } from '../i18n.ts'
import { PAGES } from '../pages.ts'
import { shellWords } from '../words/shell.ts'

/** Where the content of every page stands. */
export const CONTENT = 'content'

/**
 * Whoever goes to another page goes on in its content: the keyboard does not begin again at the top, and a screen reader
 * hears where it is; it is read from its top, unless they go back. Returns what the content is called for that. The first page leaves the focus where browsers put it, and
 * a field that takes the focus by itself keeps it.
 */
export function useArrival(): string {
  const t = useWords(shellWords)
  const { pathname } = useLocation()
  const how = useNavigationType()
  const last = useRef<string>(undefined)
  useEffect(() => {
    // Nothing stands at `/`: it only leads on.
    if (pathname === '/') return
    const isFirst = last.current === undefined || last.current === pathname
    last.current = pathname
    if (!isFirst && how !== NavigationType.Pop) window.scrollTo({ top: 0 })
    const content = document.querySelector<HTMLElement>(`#${CONTENT}`)
    if (isFirst || content === null || content.querySelector(':focus') !== null) return
    content.focus({ preventScroll: true })
  }, [pathname, how])
  const page = PAGES.find(({ path }) => matchPath(path, pathname) !== null)
  return t(page?.title ?? 'noPage')
}
