import { Alert, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Profile, ProfileWay } from '@nabat/api/profile.ts'
import { useRef, useState } from 'react'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { saysOf } from '../../data/api.ts'
import { useSaveProfile } from '../../data/profile.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { moved } from '../people/user-values.ts'
import { LinkTelegram } from './link-telegram.tsx'
import { SectionFrame } from './section-frame.tsx'
import { useSectionForm } from './section-form.ts'
import type { SectionProps } from './section-props.ts'
import { OwnWay } from './own-way.tsx'

/** Names a way among the others. */
const keyOf = ({ channel, destination }: ProfileWay): string => `${channel ?? ''} ${destination ?? ''}`

const read = ({ ways }: Profile) => ({ order: ways.map(keyOf) })

/** The ways to somebody in the order in which they are tried; Telegram is linked here. */
export function WaysSection({ profile, locked }: SectionProps) {
  const t = useWords(profileWords)
  const mayEdit = useMay('people.write')
  const place = useRef<HTMLOListElement>(null)
  const [linking, setLinking] = useState<string | null>(null)
  const save = useSaveProfile()
  const offerUndo = useOfferUndo()
  const contactsOf = (order: readonly string[]) =>
    order.flatMap((key) => {
      const way = profile.ways.find((each) => keyOf(each) === key)
      return way === undefined || way.channel === null ? [] : [way.contact]
    })
  const section = useSectionForm({
    section: 'ways',
    profile,
    read,
    write: ({ order }) => ({ contacts: contactsOf(order) }),
    fieldOf: () => 'order',
  })
  const { form } = section
  const shown = form.values.order.flatMap((key) => profile.ways.find((way) => keyOf(way) === key) ?? [])
  const move = (index: number, by: -1 | 1): void => {
    form.setFieldValue('order', moved(form.values.order, index, by))
    requestAnimationFrame(() => {
      // The same button again, or at an end the other one.
      const line = place.current?.querySelector(`[data-way="${index + by}"]`)
      const button =
        line?.querySelector<HTMLElement>(`[data-move="${by}"]:not(:disabled)`) ??
        line?.querySelector<HTMLElement>('[data-move]:not(:disabled)')
      button?.focus()
    })
  }
  const unlink = (way: ProfileWay): void =>
    save.mutate(
      {
        fields: { contacts: contactsOf(form.values.order.filter((key) => key !== keyOf(way))) },
        version: profile.version,
      },
      {
        onSuccess: ({ change }) => {
          setLinking(null)
          offerUndo(t('unlinked'), change)
        },
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
      },
    )
  return (
    <SectionFrame
      id="ways"
      title={t('ways')}
      text={t('waysText')}
      form={section}
      locked={locked}
      after={!locked && <LinkTelegram profile={profile} linking={linking} setLinking={setLinking} />}
    >
      {!profile.reachable && (
        <Alert color="yellow" variant="light">
          {t(shown.length > 0 ? 'unreachable' : mayEdit ? 'noWaysOwn' : 'noWays')}
        </Alert>
      )}
      {shown.length > 0 && (
        <ol className="plain" ref={place} aria-label={t('ways')}>
          {shown.map((way, index) => (
            <OwnWay
              key={keyOf(way)}
              way={way}
              index={index}
              count={shown.length}
              move={(by) => move(index, by)}
              relink={way.kind === 'telegram' && !locked ? () => setLinking(way.channel) : undefined}
              unlink={way.removable && !locked ? () => unlink(way) : undefined}
            />
          ))}
        </ol>
      )}
      {form.errors['order'] !== undefined && (
        <Text size="sm" c="red" role="alert">
          {form.errors['order']}
        </Text>
      )}
    </SectionFrame>
  )
}
