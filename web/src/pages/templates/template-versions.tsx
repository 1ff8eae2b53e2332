import { Badge, Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { Template } from '@nabat/api/configuration.ts'
import { IconHistory } from '@tabler/icons-react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useSave, type Stored } from '../../data/entities.ts'
import { useVersions, type Version } from '../../data/versions.ts'
import { say, useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import { TemplateDifference } from './template-difference.tsx'

interface TemplateVersionsProps {
  readonly entity: Template & Stored
  readonly locked: boolean
}

/** Earlier versions of words: who changed what and when, and the way back to any of them. */
export function TemplateVersions({ entity, locked }: TemplateVersionsProps) {
  const t = useWords(templateWords)
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" leftSection={<IconHistory size={18} aria-hidden />} onClick={open}>
        {t('versions')}
      </Button>
      <Drawer opened={opened} onClose={close} title={t('versions')} position="right" size="lg">
        <Versions entity={entity} locked={locked} done={close} />
      </Drawer>
    </>
  )
}

function Versions({ entity, locked, done }: TemplateVersionsProps & { readonly done: () => void }) {
  const t = useWords(templateWords)
  const { data, error, refetch } = useVersions<Template>('templates', entity.id)
  if (error !== null && data === undefined) return <Failure error={error} again={() => void refetch()} />
  if (data === undefined) return <Loading />
  return (
    <Stack gap="md">
      <Text size="sm" className="quiet">
        {t(data.length === 0 ? 'noVersions' : 'versionsText')}
      </Text>
      {data.map((version, index) => (
        <OneVersion
          key={version.id}
          version={version}
          entity={entity}
          isCurrent={index === 0}
          locked={locked}
          done={done}
        />
      ))}
    </Stack>
  )
}

interface OneVersionProps extends TemplateVersionsProps {
  readonly version: Version<Template>
  readonly isCurrent: boolean
  readonly done: () => void
}

function OneVersion({ version, entity, isCurrent, locked, done }: OneVersionProps) {
  const t = useWords(templateWords)
  const [opened, { toggle }] = useDisclosure()
  const save = useSave<Template>('templates')
  const offerUndo = useOfferUndo()
  const { before, after, at, by, comment } = version
  const restore = (): void =>
    save.mutate(
      { id: entity.id, version: entity.version, entity: after },
      {
        onSuccess: ({ change }) => {
          done()
          offerUndo(say(templateWords, 'restored', { version: version.version }), change)
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
      {(before === null || after === null) && <Text size="sm">{t(before === null ? 'made' : 'removedThen')}</Text>}
      <Button
        size="compact-sm"
        variant="subtle"
        aria-expanded={opened}
        onClick={toggle}
        style={{ alignSelf: 'flex-start' }}
      >
        {t(opened ? 'hideChange' : 'showChange')}
      </Button>
      {opened && <TemplateDifference before={before} after={after} />}
    </Stack>
  )
}
