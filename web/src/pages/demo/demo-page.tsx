import type { DemoAction, DemoDone } from '@nabat/api/demo.ts'
import { notifications } from '@mantine/notifications'
import { Box, Text, Title } from '@mantine/core'
import { useRef, useState } from 'react'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useDemoAction, useDemoState } from '../../data/demo.ts'
import { useWords } from '../../i18n.ts'
import { demoWords } from '../../words/demo.ts'
import { shellWords } from '../../words/shell.ts'
import { Actions } from './actions.tsx'
import { Arrived } from './arrived.tsx'
import styles from './demo.module.css'
import { Story } from './story.tsx'

/** What was made to happen last, and when; milliseconds since 1970. */
interface Last {
  readonly done: DemoDone
  readonly at: number
}

/** The header of the application covers what is above this; pixels. */
const HEADER = 72

/** It may be out of sight: on a phone below the buttons, and above for whoever has scrolled down to what arrived. */
function show(place: HTMLElement | null): void {
  if (place === null) return
  const { top } = place.getBoundingClientRect()
  if (top > window.innerHeight * 0.8 || top < HEADER) place.scrollIntoView({ block: 'start' })
}

/** The demonstration: things are made to happen on the left, and what arrives of them is seen on the right. */
export function DemoPage() {
  const t = useWords(demoWords)
  const { data: state } = useDemoState()
  const act = useDemoAction()
  const happened = useRef<HTMLElement>(null)
  const [last, setLast] = useState<Last>()
  // What arrives while the answer is on its way is new as well.
  const perform = (action: DemoAction): void => {
    const at = Date.now()
    act.mutate(action, {
      onSuccess: (done) => {
        setLast({ done, at })
        show(happened.current)
      },
      onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
    })
  }
  return (
    <>
      <PageHeader title={useWords(shellWords)('demo')} text={t('text')} />
      <div className={styles['page']}>
        <section aria-labelledby="demo-make" className={styles['make']}>
          <Title order={2} size="h4" id="demo-make" mb="sm">
            {t('make')}
          </Title>
          <Actions
            possible={state?.possible ?? []}
            pending={act.isPending ? act.variables : undefined}
            perform={perform}
          />
        </section>
        <div>
          <section aria-labelledby="demo-happened" ref={happened} className={styles['happened']}>
            <Title order={2} size="h4" id="demo-happened" mb="sm">
              {t('happened')}
            </Title>
            <Story done={last?.done} names={state?.names ?? {}} />
            {state !== undefined && state.telegramDownUntil !== null && (
              <Text size="sm" mt="xs" c="var(--nabat-warning)">
                {t('silentUntil')} <TimeText at={state.telegramDownUntil} />
              </Text>
            )}
          </section>
          <Box component="section" mt="xl" aria-labelledby="demo-arrived">
            <Title order={2} size="h4" id="demo-arrived" mb="sm">
              {t('arrived')}
            </Title>
            <Arrived since={last?.at} />
          </Box>
        </div>
      </div>
    </>
  )
}
