import type { Arrival } from '@nabat/api/demo.ts'
import { Anchor, Badge, Button, Group, Text } from '@mantine/core'
import { IconBellOff, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { RowTime } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { demoWords } from '../../words/demo.ts'
import styles from './demo.module.css'

interface BubbleProps {
  readonly arrival: Arrival
  /** It came, or was changed, because of what was done last. */
  readonly fresh: boolean
}

/** One message as its reader sees it. */
export function Bubble({ arrival, fresh }: BubbleProps) {
  const t = useWords(demoWords)
  const { at, subject, text, edits, buttons, silent, letter, event } = arrival
  const [title = '', ...lines] = (subject === null ? text : `${subject}\n${text}`).split('\n')
  return (
    <div className={styles['bubble']} data-fresh={fresh || undefined}>
      <Group gap={6} justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={600} className={styles['text']!}>
          {title}
        </Text>
        {fresh && (
          <Badge size="sm" variant="light" flex="none">
            {t('fresh')}
          </Badge>
        )}
      </Group>
      <Text size="sm" className={styles['text']!} lineClamp={letter === null ? 14 : 4}>
        {lines.join('\n')}
      </Text>
      {buttons.length > 0 && (
        <Group gap={6} mt={6}>
          {buttons.map((button) => (
            <span key={button} className={styles['button']}>
              {button}
            </span>
          ))}
        </Group>
      )}
      {letter !== null && <Letter path={letter} subject={title} />}
      {edits.length > 0 && (
        <details className={styles['before']}>
          <summary>{t('before')}</summary>
          <Text size="sm" className={styles['text']!}>
            {edits.at(-1)}
          </Text>
        </details>
      )}
      <Group gap="sm" mt={6} wrap="nowrap" justify="space-between">
        <Group gap={6} wrap="nowrap" className="quiet" fz="xs">
          <RowTime at={at} />
          {edits.length > 0 && (
            <Group gap={2} component="span" wrap="nowrap">
              <IconPencil size={14} aria-hidden /> {t('edited')}
            </Group>
          )}
          {silent && <IconBellOff size={14} role="img" aria-label={t('quietly')} />}
        </Group>
        {event !== null && (
          <Anchor
            component={Link}
            to={`/events/${event}`}
            size="sm"
            underline="always"
            aria-label={t('whyOf', { title })}
          >
            {t('why')}
          </Anchor>
        )}
      </Group>
    </div>
  )
}

/** The letter as a mail program draws it, shut in: nothing of it runs, and nothing of it leaves. */
function Letter({ path, subject }: { readonly path: string; readonly subject: string }) {
  const t = useWords(demoWords)
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" size="compact-sm" mt={6} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'letterClose' : 'letter')}
      </Button>
      {open && <iframe className={styles['letter']} src={path} sandbox="" title={t('letterOf', { subject })} />}
    </>
  )
}
