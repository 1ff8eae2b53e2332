import { Alert, Anchor, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { LANGUAGES } from '@nabat/api/text.ts'
import { Link } from 'react-router'
import { useChannels } from '../../data/channels.ts'
import type { StoredTemplate } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import { nameFor, type TemplateValues } from './template-values.ts'
import { PartsAndScope } from './template-words.tsx'
import { moreExact, sameScope, type Scope } from './which-wins.ts'

interface ScopeFieldsProps {
  readonly form: UseFormReturnType<TemplateValues>
  readonly type: string
  /** The other templates of the type. */
  readonly others: readonly StoredTemplate[]
}

/** For which channel and language the words are, in words, and where others are used in their place. */
export function ScopeFields({ form, type, others }: ScopeFieldsProps) {
  const t = useWords(templateWords)
  const { data: channels = [] } = useChannels()
  const { channel, language } = form.values
  const scope: Scope = {
    ...(channel === '' ? {} : { channel }),
    ...(language === '' ? {} : { language }),
  }
  const names = [...new Set([...channels.map(({ name }) => name), ...(channel === '' ? [] : [channel])])]
  const exceptions = moreExact(scope, others)
  const same = others.find((other) => sameScope(other, scope))
  const spoken = language === '' ? '' : t(language === 'ru' ? 'russian' : 'english')
  const key =
    channel === '' ? (language === '' ? 'forEverybody' : 'forLanguage') : language === '' ? 'forChannel' : 'forBoth'
  return (
    <Fieldset legend={t('scope')}>
      <Stack gap="sm">
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <Select
            label={t('channel')}
            data={[{ value: '', label: t('allChannels') }, ...names.map((value) => ({ value, label: value }))]}
            allowDeselect={false}
            miw={160}
            {...form.getInputProps('channel')}
          />
          <Select
            label={t('language')}
            data={[{ value: '', label: t('bothLanguages') }, ...LANGUAGES.map((value) => ({ value, label: t(value) }))]}
            allowDeselect={false}
            miw={160}
            {...form.getInputProps('language')}
          />
        </Group>
        <Text size="sm" aria-live="polite">
          {t(key, { channel, language: spoken })}
          {exceptions.length > 0 && ` ${t('except')}`}
        </Text>
        {exceptions.length > 0 && (
          <ul className="plain">
            {exceptions.map((other) => (
              <li key={other.id}>
                <Anchor component={Link} to={`/templates/${other.id}`} size="sm">
                  <PartsAndScope template={other} />
                </Anchor>
              </li>
            ))}
          </ul>
        )}
        {same !== undefined && (
          <Alert color="yellow" variant="light" role="status">
            {t('sameScope')}{' '}
            <Anchor component={Link} to={`/templates/${same.id}`} size="sm">
              {t('openIt')}
            </Anchor>
          </Alert>
        )}
        <TextInput
          label={t('name')}
          description={t('nameHint')}
          placeholder={nameFor(type, form.values)}
          {...form.getInputProps('name')}
        />
      </Stack>
    </Fieldset>
  )
}
