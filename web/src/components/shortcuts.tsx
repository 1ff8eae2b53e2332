import { ActionIcon, Group, Kbd, Popover, Stack, Switch, Text } from '@mantine/core'
import { IconKeyboard } from '@tabler/icons-react'
import { Fragment, useEffect, useState } from 'react'
import { useWords } from '../i18n.ts'
import { listWords } from '../words/lists.ts'
import { isTyping } from './row-keys.ts'
import { lettersAreCommands, setLettersAreCommands } from './letters.ts'

/** Calls back when a single letter is pressed outside of fields, unless the person has switched that off. */
export function useShortcut(key: string, act: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== key || event.defaultPrevented || isTyping(event) || !lettersAreCommands()) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [key, act])
}

type Line = readonly [
  readonly string[],
  'keysRows' | 'keysOpen' | 'keysSearch' | 'keysAcknowledge' | 'keysSelect' | 'keysRead' | 'keysUnread',
]

/** Which keys a list knows, and the switch for those who talk to their computer: a spoken word is many letters. */
export function ShortcutsHint({ more = [] }: { readonly more?: readonly Line[] }) {
  const t = useWords(listWords)
  const [letters, setLetters] = useState(lettersAreCommands)
  const lines: readonly Line[] = [
    [['j', 'k', '↓', '↑'], 'keysRows'],
    [['Enter'], 'keysOpen'],
    [['/'], 'keysSearch'],
    ...more,
  ]
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('keys')} visibleFrom="sm">
          <IconKeyboard size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <dl className="keys">
            {lines.map(([keys, what]) => (
              <Fragment key={what}>
                <dt>
                  <Group gap={4} wrap="nowrap" component="span">
                    {keys.map((each) => (
                      <Kbd key={each}>{each}</Kbd>
                    ))}
                  </Group>
                </dt>
                <Text component="dd" size="sm" m={0}>
                  {t(what)}
                </Text>
              </Fragment>
            ))}
          </dl>
          <Switch
            label={t('singleKeys')}
            checked={letters}
            onChange={({ currentTarget: { checked } }) => {
              setLettersAreCommands(checked)
              setLetters(checked)
            }}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
