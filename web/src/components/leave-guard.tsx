import { Button, Group, Modal, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useBlocker } from 'react-router'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** Asks before unsaved changes are left behind, within the console and when the window is closed. */
export function LeaveGuard({ when }: { readonly when: boolean }) {
  const t = useWords(shellWords)
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (!when) return undefined
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [when])
  return (
    <Modal opened={blocker.state === 'blocked'} onClose={() => blocker.reset?.()} title={t('unsaved')} centered>
      <Text mb="lg">{t('unsavedWhy')}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => blocker.proceed?.()}>
          {t('leave')}
        </Button>
        <Button onClick={() => blocker.reset?.()} data-autofocus>
          {t('stay')}
        </Button>
      </Group>
    </Modal>
  )
}
