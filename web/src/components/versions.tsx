import { Badge, Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { Section } from '@nabat/api/configuration.ts'
import { IconHistory } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { saysOf } from '../data/api.ts'
import { useSave, type Stored } from '../data/entities.ts'
import { useVersions, type Version } from '../data/versions.ts'
import { say, useWords } from '../i18n.ts'
import { versionWords } from '../words/versions.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loading.tsx'
import { useOfferUndo } from './offer-undo.tsx'
import { TimeText } from './time-text.tsx'

interface VersionsProps<T> {
  readonly section: Section
  readonly entity: Stored
  /** It may be looked at, not changed. */
  readonly locked: boolean
  /** What there is to see, in a sentence. */
  readonly text: string
  /** Draws what differs between two versions. */
  readonly Difference: ComponentType<{ readonly before: T | null; readonly after: T | null }>
}

/** Earlier versions of an entity: who changed what and when, and the way back to any of them. */
export function Versions<T>(props: VersionsProps<T>) {
  const t = useWords(versionWords)
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" leftSection={<IconHistory size={18} aria-hidden />} onClick={open}>
        {t('versions')}
      </Button>
      <Drawer opened={opened} onClose={close} title={t('versions')} position="right" size="lg">
        <AllVersions {...props} done={close} />
      </Drawer>
    </>
  )
}

type Done = { readonly done: () => void }

function AllVersions<T>(props: VersionsProps<T> & Done) {
  const { section, entity, text } = props
  const t = useWords(versionWords)
  const { data, error, refetch } = useVersions<T>(section, entity.id)
  if (error !== null && data === undefined) return <Failure error={error} again={() => void refetch()} />
  if (data === undefined) return <Loading />
  return (
    <Stack gap="md">
      <Text size="sm" className="quiet">
        {data.length === 0 ? t('none') : text}
      </Text>
      {data.map((version, index) => (
        <OneVersion key={version.id} {...props} version={version} isCurrent={index === 0} />
      ))}
    </Stack>
  )
}

interface OneVersionProps<T> extends VersionsProps<T>, Done {
  readonly version: Version<T>
  readonly isCurrent: boolean
}

function OneVersion<T>({ section, entity, locked, Difference, version, isCurrent, done }: OneVersionProps<T>) {
  const t = useWords(versionWords)
  const [opened, { toggle }] = useDisclosure()
  const save = useSave<T>(section)
  const offerUndo = useOfferUndo()
  const { before, after, at, by, comment } = version
  const restore = (): void =>
    save.mutate(
      { id: entity.id, version: entity.version, entity: after },
      {
        onSuccess: ({ change }) => {
          done()
          offerUndo(say(versionWords, 'restored', { version: version.version }), change)
        },
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
      },
    )
  return (
    <Stack gap="xs" pb="md" style={{ borderBottom: '1px solid var(--nabat-line)' }}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text fw={550}>{t('version', { version: version.version })}</Text>
          <Text size="sm" className="quiet">
            <TimeText at={at} /> · {by}
            {comment !== null && comment !== '' && ` · ${comment}`}
          </Text>
        </div>
        {isCurrent ? (
          <Badge variant="default" tt="none">
            {t('current')}
          </Badge>
        ) : (
          after !== null &&
          !locked && (
            <Button size="xs" variant="light" loading={save.isPending} onClick={restore}>
              {t('restore')}
            </Button>
          )
        )}
      </Group>
      {(before === null || after === null) && <Text size="sm">{t(before === null ? 'made' : 'removed')}</Text>}
      <Button
        size="compact-sm"
        variant="subtle"
        aria-expanded={opened}
        onClick={toggle}
        style={{ alignSelf: 'flex-start' }}
      >
        {t(opened ? 'hideChange' : 'showChange')}
      </Button>
      {opened && <Difference before={before} after={after} />}
    </Stack>
  )
}
