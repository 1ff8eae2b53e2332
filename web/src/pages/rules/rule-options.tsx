import { Collapse, Select, SimpleGrid, Stack, Switch, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useId, type ReactNode } from 'react'
import { Hours } from '../../components/hours.tsx'
import { SpanInput } from '../../components/span-input.tsx'
import { language, useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { useConditionFields } from './condition-builder.tsx'
import { optionsInWords } from './options-words.ts'
import { draftNames } from './rule-draft.ts'
import type { RuleForm } from './rule-form.ts'

const NAMES = ['digest', 'throttle', 'schedule', 'messages', 'silent', 'lifetime', 'unreadAfter'] as const

/** How and when messages leave: folded away, with what is set in a sentence. */
export function RuleOptions(props: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { form, errorUnder } = props
  const hasError = NAMES.some((name) => errorUnder(name) !== undefined)
  const [opened, { toggle }] = useDisclosure(false)
  const isOpen = opened || hasError
  const id = useId()
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Stack gap="md">
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} aria-controls={id} py={4}>
        <Text component="span" display="inline-flex" style={{ gap: 6, alignItems: 'center' }}>
          <Chevron size={18} aria-hidden />
          {optionsInWords(form.values, language())}
        </Text>
      </UnstyledButton>
      <Collapse expanded={isOpen} id={id} keepMounted={false}>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="lg">
          <DigestFields {...props} />
          <ThrottleFields {...props} />
          <MessagesFields {...props} />
          <Spans {...props} />
          <Hours
            label={t('schedule')}
            schedule={form.values.schedule}
            change={(schedule) => props.put('schedule', schedule)}
            error={errorUnder('schedule')}
          />
        </SimpleGrid>
      </Collapse>
    </Stack>
  )
}

function Option({ hint, children }: { readonly hint: string; readonly children: ReactNode }) {
  return (
    <Stack gap="xs">
      {children}
      <Text size="sm" className="quiet">
        {hint}
      </Text>
    </Stack>
  )
}

function DigestFields({ form, put, errorUnder }: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { digest } = form.values
  const kind = digest === null || digest === undefined ? 'off' : 'every' in digest ? 'every' : 'daily'
  const choose = (next: string | null): void =>
    put('digest', next === 'every' ? { every: '15m' } : next === 'daily' ? { daily: '09:00' } : null)
  return (
    <Option hint={t('togetherHint')}>
      <Select
        label={t('together')}
        data={[
          { value: 'off', label: t('togetherOff') },
          { value: 'every', label: t('togetherEvery') },
          { value: 'daily', label: t('togetherDaily') },
        ]}
        value={kind}
        onChange={choose}
        allowDeselect={false}
        error={kind === 'off' ? errorUnder('digest') : undefined}
      />
      {digest != null && 'every' in digest && (
        <SpanInput
          label={t('every')}
          value={digest.every}
          onChange={(every) => put('digest', { every })}
          error={errorUnder('digest')}
        />
      )}
      {digest != null && 'daily' in digest && (
        <TextInput
          type="time"
          label={t('dailyAt')}
          value={digest.daily}
          onChange={({ currentTarget }) => put('digest', { daily: currentTarget.value })}
          error={errorUnder('digest')}
          w={160}
        />
      )}
    </Option>
  )
}

function ThrottleFields({ form, put, errorUnder }: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { throttle } = form.values
  const { fields } = useConditionFields(draftNames(form.values))
  const key = throttle?.key ?? 'subject'
  const known = fields.some(({ name }) => name === key)
  return (
    <Option hint={t('throttleHint')}>
      <Switch
        label={t('throttleOn')}
        checked={throttle !== null}
        onChange={({ currentTarget }) => put('throttle', currentTarget.checked ? { per: '10m' } : null)}
      />
      {throttle !== null && (
        <>
          <SpanInput
            label={t('throttlePer')}
            value={throttle.per}
            onChange={(per) => put('throttle', { ...throttle, per })}
            error={errorUnder('throttle')}
          />
          <Select
            label={t('throttleKey')}
            searchable
            data={[
              ...(known ? [] : [{ value: key, label: key }]),
              ...fields.map(({ name, label }) => ({ value: name, label })),
            ]}
            value={key}
            onChange={(next) => next !== null && put('throttle', { ...throttle, key: next })}
            allowDeselect={false}
          />
        </>
      )}
    </Option>
  )
}

function MessagesFields({ form, put, errorUnder }: RuleForm) {
  const t = useWords(ruleEditorWords)
  const { messages, silent } = form.values
  return (
    <Option hint={t('silentHint')}>
      <Select
        label={t('messages')}
        data={[
          { value: '', label: t('messagesDefault') },
          { value: 'each', label: t('messagesEach') },
          { value: 'living', label: t('messagesLiving') },
        ]}
        value={messages}
        onChange={(next) => put('messages', (next ?? '') as typeof messages)}
        allowDeselect={false}
        error={errorUnder('messages')}
      />
      <Switch
        mt="xs"
        label={t('silent')}
        checked={silent}
        onChange={({ currentTarget }) => put('silent', currentTarget.checked)}
      />
    </Option>
  )
}

const SPANS = [
  ['lifetime', 'lifetimeOn', 'lifetimeHint', '6h'],
  ['unreadAfter', 'unreadOn', 'unreadAfterHint', '10m'],
] as const

function Spans({ form, put, errorUnder }: RuleForm) {
  const t = useWords(ruleEditorWords)
  return (
    <Stack gap="md">
      {SPANS.map(([name, switched, hint, first]) => (
        <Option key={name} hint={t(hint)}>
          <Switch
            label={t(switched)}
            checked={form.values[name] !== ''}
            onChange={({ currentTarget }) => put(name, currentTarget.checked ? first : '')}
          />
          {form.values[name] !== '' && (
            <SpanInput
              label={t(name)}
              value={form.values[name]}
              onChange={(span) => put(name, span)}
              error={errorUnder(name)}
            />
          )}
        </Option>
      ))}
    </Stack>
  )
}
