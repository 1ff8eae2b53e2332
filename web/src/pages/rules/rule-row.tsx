import { ActionIcon, Anchor, Badge, Group, Menu, Switch, Text, Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconFileCode,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import { Link } from 'react-router'
import type { StoredRule } from '../../data/rules.ts'
import { useWords } from '../../i18n.ts'
import { ruleWords } from '../../words/rules.ts'
import { shellWords } from '../../words/shell.ts'
import { RecipientIcon } from './recipient-icon.tsx'
import classes from './rule-table.module.css'
import { recipientInWords } from './rule-words.ts'

/** A rule with what the table says of it. */
export interface ShownRule {
  readonly id: string
  readonly rule: StoredRule
  /** What it is about, and under which condition. */
  readonly about: string
  readonly condition: string | undefined
  /** Why it reaches nobody; undefined when it reaches somebody. */
  readonly nobody: string | undefined
}

/** What can be done with the rules of the table; what is left out may not be done. */
export interface RuleActions {
  readonly kinds: ReadonlyMap<string, string>
  readonly turn?: (rule: StoredRule, on: boolean) => void
  readonly move?: (rule: StoredRule, by: -1 | 1) => void
  readonly remove?: (rule: StoredRule) => void
}

/** Recipients that are named before the rest is counted. */
const NAMED = 3

/** A line of the table: on or off, whom it tells, what it is about. */
export function RuleRow({ shown, actions }: { readonly shown: ShownRule; readonly actions: RuleActions }) {
  const t = useWords(ruleWords)
  const { rule, about, condition } = shown
  const { turn, move } = actions
  const isOn = rule.enabled !== false
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.altKey ? ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key] : undefined
    if (by === undefined || move === undefined || rule.origin === 'file') return
    event.preventDefault()
    event.stopPropagation()
    move(rule, by)
  }
  return (
    <div className={`${classes['row']} ${isOn ? '' : classes['off']}`} onKeyDown={onKeyDown}>
      <Switch
        className={classes['switch'] ?? ''}
        aria-label={t('enabled', { name: rule.name })}
        checked={isOn}
        disabled={turn === undefined || rule.origin === 'file'}
        onChange={({ currentTarget }) => turn?.(rule, currentTarget.checked)}
      />
      <div className={classes['name']}>
        <Anchor component={Link} to={`/notifications/rules/${rule.id}`} fw={550} c="inherit">
          {rule.name}
        </Anchor>
        <Marks shown={shown} />
      </div>
      <Recipients rule={rule} kinds={actions.kinds} />
      <div className={classes['what']}>
        <Text size="sm" lineClamp={3}>
          {about}
        </Text>
        {condition !== undefined && (
          <Text size="sm" className="quiet" lineClamp={2}>
            {condition}
          </Text>
        )}
      </div>
      <RowMenu rule={rule} actions={actions} />
    </div>
  )
}

function Marks({ shown: { rule, nobody } }: { readonly shown: ShownRule }) {
  const t = useWords(ruleWords)
  const isOff = rule.enabled === false
  if (!isOff && rule.origin !== 'file' && nobody === undefined) return null
  return (
    <Group gap={6} mt={2}>
      {isOff && (
        <Badge size="sm" variant="default" tt="none">
          {t('off')}
        </Badge>
      )}
      {rule.origin === 'file' && (
        <Badge size="sm" variant="default" tt="none" leftSection={<IconFileCode size={12} aria-hidden />}>
          {t('file')}
        </Badge>
      )}
      {!isOff && nobody !== undefined && (
        <Tooltip
          label={t('nobodyWhy', { why: nobody })}
          multiline
          maw={360}
          events={{ hover: true, focus: true, touch: true }}
        >
          <Group
            component="span"
            gap={4}
            wrap="nowrap"
            tabIndex={0}
            role="note"
            aria-label={t('nobodyWhy', { why: nobody })}
            style={{ color: 'var(--nabat-warning)', fontSize: 'var(--mantine-font-size-sm)' }}
          >
            <IconAlertTriangle size={16} aria-hidden />
            {t('nobody')}
          </Group>
        </Tooltip>
      )}
    </Group>
  )
}

function Recipients({ rule: { to }, kinds }: { readonly rule: StoredRule; readonly kinds: RuleActions['kinds'] }) {
  const t = useWords(ruleWords)
  const rest = to.length - NAMED
  return (
    <div className={classes['who']}>
      {to.slice(0, rest === 1 ? NAMED + 1 : NAMED).map((each, index) => (
        <span key={index} className={classes['one']}>
          <RecipientIcon to={each} kinds={kinds} />
          <Text span size="sm" truncate>
            {recipientInWords(each)}
          </Text>
        </span>
      ))}
      {rest > 1 && (
        <Text size="sm" className="quiet">
          {t('more', { count: rest })}
        </Text>
      )}
    </div>
  )
}

function RowMenu({
  rule,
  actions: { turn, move, remove },
}: {
  readonly rule: StoredRule
  readonly actions: RuleActions
}) {
  const t = useWords(ruleWords)
  const shell = useWords(shellWords)
  const isFile = rule.origin === 'file'
  const key = (text: string) => (
    <Text span size="xs" className="quiet">
      {text}
    </Text>
  )
  return (
    <div className={classes['menu']}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('actions', { name: rule.name })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to={`/notifications/rules/${rule.id}`}
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            {shell('edit')}
          </Menu.Item>
          {turn !== undefined && (
            <Menu.Item
              component={Link}
              to={`/notifications/rules/new?from=${rule.id}`}
              leftSection={<IconCopy size={16} aria-hidden />}
            >
              {t('duplicate')}
            </Menu.Item>
          )}
          {move !== undefined && !isFile && (
            <>
              <Menu.Item
                leftSection={<IconArrowUp size={16} aria-hidden />}
                rightSection={key(t('upKeys'))}
                onClick={() => move(rule, -1)}
              >
                {t('up')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconArrowDown size={16} aria-hidden />}
                rightSection={key(t('downKeys'))}
                onClick={() => move(rule, 1)}
              >
                {t('down')}
              </Menu.Item>
            </>
          )}
          {remove !== undefined && !isFile && (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => remove(rule)}>
              {shell('remove')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
