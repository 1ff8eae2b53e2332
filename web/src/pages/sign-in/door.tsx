import {
  ActionIcon,
  Anchor,
  Center,
  Group,
  Paper,
  Stack,
  Title,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { useEffect, type ReactNode } from 'react'
import { language, setLanguage, useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'

const OTHER = { ru: 'Русский', en: 'English' } as const

/** What stands in front of the console: one small form with a title. */
export function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const t = useWords(shellWords)
  const other = language() === 'ru' ? 'en' : 'ru'
  useEffect(() => {
    document.title = `${title} · ${t('nabat')}`
  }, [title, t])
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p={{ base: 'lg', xs: 'xl' }} w="100%" maw={400}>
        <Stack gap="lg">
          <Group justify="space-between">
            <img src="/icon.svg" width={44} height={44} alt="" />
            <Group gap="sm">
              <Anchor component="button" type="button" size="sm" lang={other} onClick={() => void setLanguage(other)}>
                {OTHER[other]}
              </Anchor>
              <Appearance />
            </Group>
          </Group>
          <Title order={1}>{title}</Title>
          {children}
        </Stack>
      </Paper>
    </Center>
  )
}

function Appearance() {
  const t = useWords(shellWords)
  const { setColorScheme } = useMantineColorScheme()
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light'
  const Shape = other === 'dark' ? IconMoon : IconSun
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`${t('appearance')}: ${t(other)}`}
      onClick={() => setColorScheme(other)}
    >
      <Shape size={20} aria-hidden />
    </ActionIcon>
  )
}
