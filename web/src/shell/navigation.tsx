import type { Session } from '@nabat/api/session.ts'
import { Badge, NavLink, Text } from '@mantine/core'
import { NavLink as RouterLink, useLocation } from 'react-router'
import { useCounts } from '../data/counts.ts'
import { useInboxCounts } from '../data/inbox.ts'
import { useWords } from '../i18n.ts'
import { GROUPS, PAGES } from '../pages.ts'
import { shellWords } from '../words/shell.ts'
import { maySee } from './page-frame.tsx'

/** The pages somebody may see, in groups, with the figures that call for attention. */
export function Navigation({ session }: { readonly session: Session }) {
  const t = useWords(shellWords)
  const { pathname } = useLocation()
  const { data: counts } = useCounts()
  const inbox = useInboxCounts()
  const figures: Readonly<Record<string, number | undefined>> = {
    '/incidents': counts?.unacknowledgedIncidents,
    '/inbox': inbox?.unread,
    '/deliveries': counts?.failedToday,
    '/reachability': counts?.unreachable,
  }
  return GROUPS.map((group) => {
    const pages = PAGES.filter((page) => page.nav?.group === group && maySee(page, session))
    if (pages.length === 0) return null
    return (
      <div key={group} role="group" aria-label={t(group)}>
        <Text size="xs" fw={600} className="quiet" px="sm" pt="sm" pb={4} aria-hidden>
          {t(group)}
        </Text>
        {pages.map(({ path, title, nav }) => {
          const Shape = nav!.icon
          const figure = figures[path] ?? 0
          return (
            <NavLink
              key={path}
              component={RouterLink}
              to={path}
              label={t(title)}
              leftSection={<Shape size={20} stroke={1.6} aria-hidden />}
              active={pathname === path || pathname.startsWith(`${path}/`)}
              rightSection={
                figure > 0 ? (
                  <Badge size="sm" variant="light" color={path === '/incidents' ? 'red' : 'gray'}>
                    {figure > 999 ? '999+' : figure}
                  </Badge>
                ) : undefined
              }
              style={{ borderRadius: 'var(--mantine-radius-md)' }}
            />
          )
        })}
      </div>
    )
  })
}
