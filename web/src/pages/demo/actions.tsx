import type { DemoAction } from '@nabat/api/demo.ts'
import { Button, Text } from '@mantine/core'
import { useWords } from '../../i18n.ts'
import { demoWords } from '../../words/demo.ts'
import styles from './demo.module.css'

/** The buttons in their groups. */
const GROUPS = [
  ['video', ['camera-fails', 'camera-back', 'uplink-fails', 'uplink-back', 'server-fails', 'server-back', 'disk-low']],
  ['desk', ['order', 'ticket', 'comment']],
  ['calls', ['missed-call', 'voicemail', 'money']],
  ['trouble', ['telegram-down', 'telegram-back', 'night', 'day']],
] as const satisfies readonly (readonly [string, readonly DemoAction[]])[]

interface ActionsProps {
  /** The others have nothing to act on. */
  readonly possible: readonly DemoAction[]
  readonly pending: DemoAction | undefined
  readonly perform: (action: DemoAction) => void
}

/** What can be made to happen. */
export function Actions({ possible, pending, perform }: ActionsProps) {
  const t = useWords(demoWords)
  return (
    <div className={styles['actions']}>
      {GROUPS.map(([group, actions]) => (
        <div key={group} className={styles['group']} role="group" aria-label={t(group)}>
          <Text size="sm" fw={600} className="quiet" aria-hidden>
            {t(group)}
          </Text>
          {actions.map((action) => (
            <Button
              key={action}
              variant="default"
              justify="start"
              fullWidth
              h="auto"
              mih={34}
              py={6}
              classNames={{ label: styles['label']! }}
              loading={pending === action}
              disabled={!possible.includes(action)}
              onClick={() => perform(action)}
            >
              {t(action)}
            </Button>
          ))}
        </div>
      ))}
    </div>
  )
}
