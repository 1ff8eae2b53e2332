import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../data/api.ts'
import { useUndo } from '../data/entities.ts'
import { say } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

const UNDO_MS = 15_000

/**
 * Tells that something was done at once, with a button that takes it back. `change` is what the server calls it; null when
 * it named none, and there is nothing to take back.
 */
export function useOfferUndo(): (done: string, change: string | null) => void {
  const undo = useUndo()
  const takeBack = (change: string): void =>
    // Told by the promise: callbacks of `mutate` end with the component, which is often left by then.
    void undo.mutateAsync(change).then(
      () => notifications.show({ message: say(shellWords, 'undone'), color: 'green' }),
      (error: unknown) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
    )
  return (done, change) => {
    const notice = notifications.show({
      autoClose: UNDO_MS,
      title: done,
      message:
        change === null ? (
          ''
        ) : (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              notifications.hide(notice)
              takeBack(change)
            }}
          >
            {say(shellWords, 'undo')}
          </Button>
        ),
    })
  }
}
