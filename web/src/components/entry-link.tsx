import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { targetOf } from '../data/inbox-target.ts'
import { useMark, type InboxEntry } from '../data/inbox.ts'
import { useMay } from '../data/session.ts'

interface EntryLinkProps {
  readonly entry: InboxEntry
  readonly children: ReactNode
  /** Called as well when it is opened. */
  readonly after?: () => void
  /** What opens an entry that leads nowhere: a page, or a function beside it. */
  readonly fallback: string | (() => void)
  /** Of a fallback that shows more in place: whether it does. */
  readonly expanded?: boolean
}

/** Leads to what an entry of the inbox is about. Opened, it is read, on all devices. */
export function EntryLink({ entry, children, after, fallback, expanded }: EntryLinkProps) {
  const { mutate } = useMark()
  const target = targetOf(entry, useMay('events.read'))
  const open = (): void => {
    if (entry.readAt === null) mutate({ as: 'read', ids: [entry.id] })
    after?.()
  }
  if (target !== undefined && 'outside' in target)
    return (
      <a className="row-link" href={target.outside} target="_blank" rel="noreferrer" onClick={open}>
        {children}
      </a>
    )
  const page = target?.inside ?? (typeof fallback === 'string' ? fallback : undefined)
  if (page !== undefined)
    return (
      <Link className="row-link" to={page} onClick={open}>
        {children}
      </Link>
    )
  return (
    <UnstyledButton
      className="row-link"
      w="100%"
      aria-expanded={expanded}
      onClick={() => {
        open()
        if (typeof fallback !== 'string') fallback()
      }}
    >
      {children}
    </UnstyledButton>
  )
}
