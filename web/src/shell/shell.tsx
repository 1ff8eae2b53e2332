import type { Session } from '@nabat/api/session.ts'
import { Anchor, AppShell, Burger, Group, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect } from 'react'
import { Link, Navigate, Outlet, useLocation } from 'react-router'
import { Failure } from '../components/failure.tsx'
import { Loading } from '../components/loading.tsx'
import { useLive } from '../data/live.ts'
import { useSession } from '../data/session.ts'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { CONTENT, useArrival } from './arrival.ts'
import { Bell } from './bell.tsx'
import { DemoBanner } from './demo-banner.tsx'
import { Navigation } from './navigation.tsx'
import { Notices } from './notices.tsx'
import { PersonMenu } from './person-menu.tsx'
import { WorkspaceMenu } from './workspace-menu.tsx'

/** What is around every page, for whoever has signed in; others are sent to sign in and come back. */
export function Shell() {
  const { session, error, again } = useSession()
  const { pathname, search } = useLocation()
  if (session === undefined) return error === null ? <Loading /> : <Failure error={error} again={again} />
  if (session === null) return <Navigate to={`/sign-in?back=${encodeURIComponent(pathname + search)}`} replace />
  return <Around session={session} />
}

function Around({ session }: { readonly session: Session }) {
  const t = useWords(shellWords)
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const arrived = useArrival()
  useLive(session.workspace.name)
  useEffect(close, [pathname, close])
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 256, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href={`#${CONTENT}`}>
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('menu')}
              aria-expanded={opened}
            />
            <Anchor component={Link} to="/" underline="never" c="inherit" aria-label={t('nabat')}>
              <Group gap={8} wrap="nowrap">
                <img src="/icon.svg" width={28} height={28} alt="" />
                <Text fw={650} size="lg" visibleFrom="xs">
                  {t('nabat')}
                </Text>
              </Group>
            </Anchor>
            <WorkspaceMenu session={session} />
          </Group>
          <Group gap={4} wrap="nowrap">
            <Bell key={session.workspace.name} />
            <PersonMenu session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('navigation')}>
        <ScrollArea p="xs" type="hover" scrollbarSize={6}>
          <Navigation session={session} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT} aria-label={arrived} tabIndex={-1} style={{ outline: 'none' }}>
        {session.demo && <DemoBanner />}
        <Notices session={session} />
        <div style={{ maxWidth: 1200, marginInline: 'auto' }}>
          <Outlet key={session.workspace.name} />
        </div>
      </AppShell.Main>
    </AppShell>
  )
}
