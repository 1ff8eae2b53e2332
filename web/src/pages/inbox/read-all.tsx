import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { mark, useMark } from '../../data/inbox.ts'
import { queries } from '../../data/queries.ts'
import { say } from '../../i18n.ts'
import { inboxWords } from '../../words/inbox.ts'
import { shellWords } from '../../words/shell.ts'

const UNDO_MS = 15_000

/** Marks everything read that has not changed since a time, and offers to take that back. What came meanwhile stays unread. */
export function useReadAll(): { readonly read: (before: string) => void; readonly going: boolean } {
  const { mutate, isPending } = useMark()
  return {
    going: isPending,
    read: (before) =>
      mutate(
        { as: 'read', before },
        {
          onSuccess: ({ ids }) => offerUndo(ids),
          onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
        },
      ),
  }
}

function offerUndo(ids: readonly string[]): void {
  const takeBack = async (): Promise<void> => {
    try {
      await mark({ as: 'unread', ids })
      notifications.show({ message: say(shellWords, 'undone'), color: 'green' })
    } catch (error) {
      notifications.show({ message: saysOf(error), color: 'red', autoClose: false })
    }
    await queries.invalidateQueries({ queryKey: ['inbox'] })
  }
  const notice = notifications.show({
    autoClose: UNDO_MS,
    title: say(inboxWords, 'allRead', { count: ids.length }),
    message: (
      <Button
        size="compact-sm"
        variant="light"
        onClick={() => {
          notifications.hide(notice)
          void takeBack()
        }}
      >
        {say(shellWords, 'undo')}
      </Button>
    ),
  })
}
