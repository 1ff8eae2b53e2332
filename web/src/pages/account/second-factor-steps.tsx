import { Box, Button, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { Copyable, CopyButton } from '../../components/copy.tsx'
import { QrCode } from '../../components/qr-code.tsx'
import type { Begun } from '../../data/second-factor.ts'
import { useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { secondFactorWords } from '../../words/second-factor.ts'

/** Letters of a key in fours: easier to type. */
const inFours = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ')

/** The secret as a picture for the application, and as letters. */
export function Scan({ begun: { secret, uri }, children }: { readonly begun: Begun; readonly children: ReactNode }) {
  const t = useWords(secondFactorWords)
  return (
    <Group align="flex-start" gap="lg">
      <QrCode text={uri} label={t('picture')} />
      <Stack flex={1} miw={{ base: '100%', xs: 260 }} gap="sm">
        <Text size="sm">{t('scan')}</Text>
        <Box>
          <Text size="sm" className="quiet" mb={4}>
            {t('byHand')}
          </Text>
          <Copyable text={inFours(secret)} />
        </Box>
        {children}
      </Stack>
    </Group>
  )
}

/** The recovery codes, which are shown this once. */
export function RecoveryCodes({ codes, done }: { readonly codes: readonly string[]; readonly done: () => void }) {
  const t = useWords(secondFactorWords)
  const { account } = useSignedIn()
  const title = useRef<HTMLHeadingElement>(null)
  // What there is to be read now: the field before is gone.
  useEffect(() => title.current?.focus(), [])
  const text = `${t('fileHead', { login: account.login })}\n\n${codes.join('\n')}\n`
  return (
    <Stack gap="sm">
      <Title order={3} ref={title} tabIndex={-1} style={{ outline: 'none' }}>
        {t('recovery')}
      </Title>
      <Text size="sm">{t('recoveryText')}</Text>
      <SimpleGrid cols={{ base: 2, xs: 5 }} spacing="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {codes.map((code) => (
          <li key={code}>
            <Code fz="sm">{code}</Code>
          </li>
        ))}
      </SimpleGrid>
      <Group gap="sm">
        <CopyButton text={text} label={t('copyAll')} />
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={t('fileName')}
        >
          {t('download')}
        </Button>
      </Group>
      <Button style={{ alignSelf: 'flex-start' }} onClick={done}>
        {t('saved')}
      </Button>
    </Stack>
  )
}
