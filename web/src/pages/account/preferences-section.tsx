import { Checkbox, Text } from '@mantine/core'
import type { Profile } from '@nabat/api/profile.ts'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import classes from './preferences.module.css'
import { SectionFrame } from './section-frame.tsx'
import { useSectionForm } from './section-form.ts'
import type { SectionProps } from './section-props.ts'

type Wishes = Readonly<Record<string, Readonly<Record<string, boolean>>>>

/** Only what is not wanted is kept; what is left of a way that has gone stays as it is. */
function refused(wishes: Wishes): Wishes | null {
  const kept = Object.entries(wishes)
    .map(([category, by]) => [category, Object.fromEntries(Object.entries(by).filter(([, on]) => !on))] as const)
    .filter(([, by]) => Object.keys(by).length > 0)
  return kept.length === 0 ? null : Object.fromEntries(kept)
}

const read = ({ user }: Profile): { preferences: Wishes } => ({ preferences: refused(user?.preferences ?? {}) ?? {} })

/** What comes by which way: a line for each category of events. */
export function PreferencesSection({ profile, locked }: SectionProps) {
  const t = useWords(profileWords)
  const section = useSectionForm({
    section: 'preferences',
    profile,
    read,
    write: ({ preferences }) => ({ preferences: refused(preferences) }),
    fieldOf: () => 'preferences',
  })
  const { form } = section
  const { preferences } = form.values
  const titleOf = (name: string): string => (name === 'inbox' ? t('inbox') : name === 'push' ? t('push') : name)
  const set = (category: string, channel: string, wanted: boolean): void => {
    const { [channel]: _before, ...rest } = preferences[category] ?? {}
    const by = wanted ? rest : { ...rest, [channel]: false }
    form.setFieldValue('preferences', refused({ ...preferences, [category]: by }) ?? {})
  }
  return (
    <SectionFrame id="preferences" title={t('preferences')} text={t('preferencesText')} form={section} locked={locked}>
      <table className={classes['table']} aria-labelledby="preferences">
        <thead>
          <tr>
            <th scope="col">{t('category')}</th>
            {profile.channels.map(({ name }) => (
              <th key={name} scope="col" className={classes['tick']}>
                {titleOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {profile.categories.map(({ name: category, title }) => (
            <tr key={category}>
              <th scope="row">{title}</th>
              {profile.channels.map(({ name }) => (
                <td key={name} className={classes['tick']}>
                  <Checkbox
                    display="inline-block"
                    label={<span className={classes['name']}>{titleOf(name)}</span>}
                    aria-label={t('preferenceOf', { category: title, channel: titleOf(name) })}
                    checked={preferences[category]?.[name] !== false}
                    onChange={({ currentTarget: { checked } }) => set(category, name, checked)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {form.errors['preferences'] !== undefined && (
        <Text size="sm" c="red" role="alert">
          {form.errors['preferences']}
        </Text>
      )}
    </SectionFrame>
  )
}
