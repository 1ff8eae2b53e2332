import { Button, Group, Menu, Stack, Tabs, Text, TextInput } from '@mantine/core'
import { ROLES } from '@nabat/api/configuration.ts'
import { IconPlus } from '@tabler/icons-react'
import { useRef, useState, type RefObject } from 'react'
import { PeopleInput } from '../../components/people-input.tsx'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { assigneesOf, withAssignees } from './condition-edit.ts'
import { TAB_ROLES, type RuleDraft } from './rule-draft.ts'
import type { RuleForm } from './rule-form.ts'
import { roleInWords } from './rule-words.ts'
import { TypeTree } from './type-tree.tsx'

/** Actions by the role of whoever acted, each role with its own ticks, and whose orders they are about. */
export function RuleActions({ form, put, errorUnder }: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { actions, when } = form.values
  const [added, setAdded] = useState<readonly string[]>([])
  const roles = [...new Set<string>([...TAB_ROLES, ...Object.keys(actions), ...added])]
  const [shown, setShown] = useState<string | null>(
    () => roles.find((role) => actions[role] !== undefined) ?? roles[0]!,
  )
  const tabs = useRef<HTMLDivElement>(null)
  const add = (role: string): void => {
    setAdded([...added, role])
    setShown(role)
  }
  return (
    <Stack gap="md">
      <Tabs value={shown} onChange={setShown} keepMounted={false}>
        <Group gap="xs" align="flex-end" mb="sm" wrap="wrap">
          <Tabs.List aria-label={t('roles')} ref={tabs}>
            {roles.map((role) => (
              <Tabs.Tab key={role} value={role} rightSection={<Count actions={actions} role={role} />}>
                {roleInWords(role)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <AddRole taken={roles} add={add} tabs={tabs} />
        </Group>
        {roles.map((role) => (
          <Tabs.Panel key={role} value={role}>
            <TypeTree
              label={roleInWords(role)}
              first="workorders"
              names={actions[role] ?? []}
              onChange={(names) => put('actions', { ...actions, [role]: names })}
              error={errorUnder(`actions.${role}`)}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <PeopleInput
        label={t('assignees')}
        description={t('assigneesHint')}
        placeholder={t('people')}
        value={assigneesOf(when)}
        onChange={(logins) => put('when', withAssignees(when, logins))}
        maw={560}
      />
    </Stack>
  )
}

function Count({ actions, role }: { readonly actions: RuleDraft['actions']; readonly role: string }) {
  const count = actions[role]?.length ?? 0
  return count === 0 ? null : (
    <Text span size="sm" className="quiet">
      {count}
    </Text>
  )
}

interface AddRoleProps {
  readonly taken: readonly string[]
  readonly add: (role: string) => void
  readonly tabs: RefObject<HTMLDivElement | null>
}

/** One more tab: a role of Nabat's, or one that the events name and Nabat does not know. */
function AddRole({ taken, add, tabs }: AddRoleProps) {
  const t = useWords(ruleEditorWords)
  const [own, setOwn] = useState<string>()
  const done = (role: string): void => {
    add(role)
    setOwn(undefined)
    requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus())
  }
  if (own !== undefined)
    return (
      <Group gap="xs" align="flex-end">
        <TextInput
          size="xs"
          label={t('ownRole')}
          description={t('ownRoleHint')}
          value={own}
          onChange={({ currentTarget }) => setOwn(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOwn(undefined)
            if (event.key !== 'Enter') return
            // Enter would send the form.
            event.preventDefault()
            if (own.trim() !== '') done(own.trim())
          }}
          data-autofocus
          autoFocus
        />
        <Button size="xs" variant="light" disabled={own.trim() === ''} onClick={() => done(own.trim())}>
          {t('addOwnRole')}
        </Button>
      </Group>
    )
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('addRole')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ROLES.filter((role) => !taken.includes(role)).map((role) => (
          <Menu.Item key={role} onClick={() => done(role)}>
            {roleInWords(role)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => setOwn('')}>{t('ownRole')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
