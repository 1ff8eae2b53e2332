import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Section } from '@nabat/api/configuration.ts'
import { IconTrash } from '@tabler/icons-react'
import { saysOf } from '../data/api.ts'
import { useRemove } from '../data/entities.ts'
import { say, useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { useOfferUndo } from './offer-undo.tsx'

/**
 * Removes at once and offers to take it back: a question before every removal is answered without being read. Returns the
 * function that removes an entity by its id; its name is told.
 */
export function useUndoableRemove(section: Section): {
  remove: (id: string, name: string, then?: () => void) => void
  removing: boolean
} {
  const removal = useRemove(section)
  const offerUndo = useOfferUndo()
  // Told by the promise: callbacks of `mutate` end with the component, and its page may hear of the removal sooner.
  const remove = (id: string, name: string, then?: () => void): void =>
    void removal.mutateAsync(id).then(
      (change) => {
        then?.()
        offerUndo(say(shellWords, 'removed', { name }), change)
      },
      (error: unknown) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
    )
  return { remove, removing: removal.isPending }
}

interface RemoveButtonProps {
  readonly section: Section
  readonly id: string
  readonly name: string
  /** Where to go once it is gone. */
  readonly then: () => void
}

/** The button that removes what a page shows. */
export function RemoveButton({ section, id, name, then }: RemoveButtonProps) {
  const t = useWords(shellWords)
  const { remove, removing } = useUndoableRemove(section)
  return (
    <Button
      variant="default"
      leftSection={<IconTrash size={18} aria-hidden />}
      loading={removing}
      onClick={() => remove(id, name, then)}
    >
      {t('remove')}
    </Button>
  )
}
