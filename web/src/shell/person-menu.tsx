import type { Session } from '@nabat/api/session.ts'
import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
  IconUserCircle,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { useSignOut } from '../data/session.ts'
import { language, setLanguage, useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

const SCHEMES: readonly (readonly [MantineColorScheme, typeof IconSun])[] = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
]
const LANGUAGES = [
  ['ru', 'Русский'],
  ['en', 'English'],
] as const

/** Own account, language, appearance, and the way out. */
export function PersonMenu({ session: { account, user } }: { readonly session: Session }) {
  const t = useWords(shellWords)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useSignOut()
  const name = user?.name ?? account.name ?? account.login
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={name}>
          <IconUserCircle aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} aria-hidden />}>
          {t('account')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('appearance')}</Menu.Label>
        {SCHEMES.map(([scheme, Shape]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Shape size={16} aria-hidden />}
            rightSection={scheme === colorScheme ? <IconCheck size={16} aria-hidden /> : undefined}
            aria-current={scheme === colorScheme}
            onClick={() => setColorScheme(scheme)}
          >
            {t(scheme as 'light' | 'dark' | 'auto')}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {LANGUAGES.map(([code, title]) => (
          <Menu.Item
            key={code}
            lang={code}
            rightSection={code === language() ? <IconCheck size={16} aria-hidden /> : undefined}
            aria-current={code === language()}
            onClick={() => void setLanguage(code)}
          >
            {title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
