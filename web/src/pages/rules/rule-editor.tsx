import { Button, SegmentedControl, Stack, Switch, Text, TextInput, Title } from '@mantine/core'
import type { Rule } from '@nabat/api/rule.ts'
import { IconCopy } from '@tabler/icons-react'
import { useId, useState, type ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { fieldOf, useEntityForm } from '../../components/entity-form.ts'
import { FormFrame } from '../../components/form-frame.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { Versions } from '../../components/versions.tsx'
import type { Stored } from '../../data/entities.ts'
import { mistakesOfRule } from '../../data/rule-trials.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { ruleWords } from '../../words/rules.ts'
import { shellWords } from '../../words/shell.ts'
import { ConditionBuilder } from './condition-builder.tsx'
import { Recipients } from './recipients.tsx'
import { RuleActions } from './rule-actions.tsx'
import { RuleChanges } from './rule-changes.tsx'
import { RuleDifference } from './rule-difference.tsx'
import { draftNames, draftOf, ruleOf, type RuleDraft } from './rule-draft.ts'
import { ruleForm, type RuleForm } from './rule-form.ts'
import { RuleOptions } from './rule-options.tsx'
import { RuleTry } from './rule-try.tsx'
import { TypeTree } from './type-tree.tsx'

interface RuleEditorProps {
  /** The stored rule; undefined for a new one. */
  readonly entity: (Rule & Stored) | undefined
  /** What a new one begins with. */
  readonly first: Partial<Rule> | undefined
}

/** A rule from top to bottom: what, when, whom, how, and trying it. */
export function RuleEditor({ entity, first }: RuleEditorProps) {
  const t = useWords(ruleEditorWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const mayWrite = useMay('rules.write')
  const locked = entity?.origin === 'file' ? 'file' : mayWrite ? undefined : 'role'
  const editing = useEntityForm<RuleDraft, Rule>({
    section: 'rules',
    entity,
    read: (rule) => draftOf(rule ?? first),
    write: ruleOf,
  })
  const { form } = editing
  const parts = ruleForm(form)
  const rule = ruleOf(form.values)
  const saved = entity === undefined ? undefined : ruleOf(draftOf(entity))
  const dirty = form.isDirty()
  const showMistakes = (error: unknown): boolean => {
    const mistakes = mistakesOfRule(error)
    if (mistakes === undefined) return false
    form.setErrors(Object.fromEntries(mistakes.details.map(({ path, message }) => [fieldOf(path), message])))
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    return true
  }
  const withId = (each: Rule) => (entity === undefined ? each : { ...each, id: entity.id })
  const trying = mayWrite && (
    <RuleTry
      rule={withId(rule)}
      saved={saved === undefined || !dirty ? undefined : withId(saved)}
      types={draftNames(form.values)}
      showMistakes={showMistakes}
    />
  )
  return (
    <div style={{ maxWidth: 920 }}>
      <PageHeader title={entity?.name ?? t('newRule')} up={{ to: '/notifications', title: shell('notifications') }}>
        {entity !== undefined && (
          <HeaderActions entity={entity} locked={locked} gone={() => void go('/notifications')} />
        )}
      </PageHeader>
      <FormFrame
        form={editing}
        dirty={dirty}
        locked={locked}
        actions={saved !== undefined && dirty && <RuleChanges before={saved} after={rule} />}
      >
        <Sections {...parts} />
        {locked === undefined && trying}
      </FormFrame>
      {locked === 'file' && <div style={{ marginBlockStart: 32 }}>{trying}</div>}
    </div>
  )
}

interface HeaderActionsProps {
  readonly entity: Rule & Stored
  readonly locked: 'file' | 'role' | undefined
  readonly gone: () => void
}

function HeaderActions({ entity, locked, gone }: HeaderActionsProps) {
  const t = useWords(ruleWords)
  const editor = useWords(ruleEditorWords)
  const { id, name } = entity
  return (
    <>
      <Versions
        section="rules"
        entity={entity}
        locked={locked !== undefined}
        text={editor('versionsText')}
        Difference={RuleDifference}
      />
      {locked !== 'role' && (
        <Button
          component={Link}
          to={`/notifications/rules/new?from=${id}`}
          variant="default"
          leftSection={<IconCopy size={18} aria-hidden />}
        >
          {t('duplicate')}
        </Button>
      )}
      {locked === undefined && <RemoveButton section="rules" id={id} name={name} then={gone} />}
    </>
  )
}

/** A part of the editor under its heading. */
function Section({
  title,
  text,
  children,
}: {
  readonly title: string
  readonly text?: string
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <Stack component="section" gap="sm" aria-labelledby={id}>
      <div>
        <Title order={2} id={id}>
          {title}
        </Title>
        {text !== undefined && (
          <Text size="sm" className="quiet">
            {text}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  )
}

function Sections(parts: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { form, put, errorUnder } = parts
  const types = draftNames(form.values)
  const [hasFallback, setFallback] = useState(form.values.fallback.length > 0)
  return (
    <>
      <Stack gap="sm">
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          maw={560}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Switch
          label={t('enabled')}
          description={t('enabledHint')}
          checked={form.values.enabled}
          onChange={({ currentTarget }) => put('enabled', currentTarget.checked)}
        />
      </Stack>
      <What {...parts} />
      <Section title={t('when')} text={t('whenHint')}>
        <ConditionBuilder
          value={form.values.when}
          onChange={(when) => put('when', when)}
          types={types}
          error={(path) => form.errors[['when', ...path].join('.')]}
        />
      </Section>
      <Section title={t('who')}>
        <Recipients {...parts} list="to" label={t('who')} add={t('addRecipient')} types={types} />
      </Section>
      <Section title={t('fallback')} text={t('fallbackHint')}>
        {hasFallback || errorUnder('fallback') !== undefined ? (
          <Recipients {...parts} list="fallback" label={t('fallback')} add={t('addFallback')} types={types} />
        ) : (
          <Button variant="default" size="sm" style={{ alignSelf: 'flex-start' }} onClick={() => setFallback(true)}>
            {t('addFallback')}
          </Button>
        )}
      </Section>
      <Section title={t('options')}>
        <RuleOptions {...parts} />
      </Section>
    </>
  )
}

/** Which events: types whoever caused them, or actions by role. What is ticked in the other way is kept. */
function What(parts: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { form, put, errorUnder } = parts
  const { mode, types } = form.values
  return (
    <Section title={t('what')} text={t(mode === 'types' ? 'modeTypesHint' : 'modeActionsHint')}>
      <SegmentedControl
        aria-label={t('mode')}
        value={mode}
        onChange={(next) => put('mode', next as RuleDraft['mode'])}
        data={[
          { value: 'types', label: t('modeTypes') },
          { value: 'actions', label: t('modeActions') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {mode === 'types' ? (
        <TypeTree
          label={t('what')}
          names={types}
          onChange={(names) => put('types', names)}
          error={errorUnder('types')}
        />
      ) : (
        <RuleActions {...parts} />
      )}
    </Section>
  )
}
