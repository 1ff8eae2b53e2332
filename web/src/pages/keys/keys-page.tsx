import { Box, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useKeys, useRevokeKey, type KeyRow } from '../../data/keys.ts'
import { useWords } from '../../i18n.ts'
import { keyWords } from '../../words/keys.ts'
import { shellWords } from '../../words/shell.ts'
import { MakeKey } from './make-key.tsx'

/** API keys: who posts events and who looks. */
export function KeysPage() {
  const t = useWords(keyWords)
  const shell = useWords(shellWords)
  const { data: keys, error, refetch } = useKeys()
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<KeyRow | null>(null)
  const make = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)}>
      {t('make')}
    </Button>
  )
  return (
    <>
      <PageHeader title={shell('keys')} text={t('text')}>
        {keys !== undefined && keys.length > 0 && make}
      </PageHeader>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {keys === undefined && error === null && <Loading />}
      {keys?.length === 0 && (
        <Empty title={t('empty')} text={t('emptyText')}>
          {make}
        </Empty>
      )}
      {keys !== undefined && keys.length > 0 && (
        <div className="rows-list" role="list" aria-label={shell('keys')}>
          {keys.map((key) => (
            <KeyLine key={key.id} row={key} revoke={() => setRevoking(key)} />
          ))}
        </div>
      )}
      {making && <MakeKey close={() => setMaking(false)} />}
      <Revoke row={revoking} close={() => setRevoking(null)} />
    </>
  )
}

function KeyLine({ row, revoke }: { readonly row: KeyRow; readonly revoke: () => void }) {
  const t = useWords(keyWords)
  return (
    <Group
      role="listitem"
      justify="space-between"
      wrap="nowrap"
      px="md"
      py="sm"
      style={{ borderBottom: '1px solid var(--nabat-line)' }}
    >
      <Box miw={0}>
        <Text fw={550}>{row.name}</Text>
        <Text size="sm" className="quiet">
          {t(row.rights)}
          {row.perMinute !== null && `, ${t('limit', { count: row.perMinute })}`} · {t('since')}{' '}
          <TimeText at={row.createdAt} /> · {t('used')}{' '}
          {row.lastUsedAt === undefined || row.lastUsedAt === null ? t('never') : <TimeText at={row.lastUsedAt} />}
        </Text>
      </Box>
      <Button variant="default" size="xs" onClick={revoke} aria-label={t('revokeOf', { name: row.name })}>
        {t('revoke')}
      </Button>
    </Group>
  )
}

/** Asks first: a key cannot be brought back. */
function Revoke({ row, close }: { readonly row: KeyRow | null; readonly close: () => void }) {
  const t = useWords(keyWords)
  const shell = useWords(shellWords)
  const revoke = useRevokeKey()
  const done = (): void => {
    notifications.show({ message: t('revoked'), color: 'green' })
    close()
  }
  return (
    <Modal opened={row !== null} onClose={close} title={t('revokeTitle', { name: row?.name ?? '' })} centered>
      <Stack>
        <Text>{t('revokeText')}</Text>
        {revoke.error !== null && <Text c="red">{saysOf(revoke.error)}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {shell('cancel')}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate(row!.id, { onSuccess: done })}>
            {t('revoke')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
