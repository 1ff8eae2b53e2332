import { ActionIcon, Indicator, Loader, Popover } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { lazy, Suspense, useEffect } from 'react'
import { Link, useLocation } from 'react-router'
import { useHasInbox, useInboxCounts } from '../data/inbox.ts'
import { useWords } from '../i18n.ts'
import { inboxWords } from '../words/inbox.ts'
import { titleUnread } from './window-title.ts'

const Glance = lazy(() => import('./bell-glance.tsx').then(({ BellGlance }) => ({ default: BellGlance })))
const Toasts = lazy(() => import('./toasts.tsx').then((loaded) => ({ default: loaded.Toasts })))

const MOST_SHOWN = 99
/** The figure stands out over the edge. */
const OVER = { overflow: 'visible' } as const

/** How much is unread in one's inbox, the newest of it at a glance, and the way there. */
export function Bell() {
  const has = useHasInbox()
  return has ? <Ringing /> : null
}

function Ringing() {
  const t = useWords(inboxWords)
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const phone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const { unread = 0, critical = 0 } = useInboxCounts() ?? {}
  useEffect(() => titleUnread(unread), [unread])
  useEffect(() => () => titleUnread(0), [])
  useEffect(close, [pathname, close])
  const label = unread === 0 ? t('bell') : t('bellUnread', { count: unread })
  const look = { variant: 'subtle', color: 'gray', size: 'lg', 'aria-label': label, style: OVER } as const
  const sign = (
    <Indicator
      disabled={unread === 0}
      label={unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
      size={16}
      color={critical > 0 ? 'red' : 'bell'}
      offset={2}
      aria-hidden
    >
      <IconBell size={22} stroke={1.8} style={{ display: 'block' }} />
    </Indicator>
  )
  return (
    <>
      <Suspense>
        <Toasts />
      </Suspense>
      {phone ? (
        <ActionIcon component={Link} to="/inbox" {...look}>
          {sign}
        </ActionIcon>
      ) : (
        <Popover position="bottom-end" width={420} opened={opened} onClose={close} trapFocus returnFocus shadow="md">
          <Popover.Target>
            <ActionIcon onClick={toggle} aria-haspopup="dialog" {...look}>
              {sign}
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown p={0} aria-label={t('openInbox')}>
            {opened && (
              <Suspense fallback={<Loader m="md" size="sm" type="dots" />}>
                <Glance close={close} />
              </Suspense>
            )}
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  )
}
