import { Group, Select } from '@mantine/core'
import type { Profile } from '@nabat/api/profile.ts'
import { ZoneInput } from '../../components/zone-input.tsx'
import { useSignedIn } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { roleWords } from '../../words/roles.ts'
import { SectionFrame } from './section-frame.tsx'
import { useSectionForm } from './section-form.ts'
import type { SectionProps } from './section-props.ts'

const read = ({ user }: Profile) => ({ language: user?.language ?? '', timeZone: user?.timeZone ?? '' })

/** Who one is here, in which language and zone. */
export function OwnCard({ profile, locked }: SectionProps) {
  const t = useWords(profileWords)
  const role = useWords(roleWords)
  const { account } = useSignedIn()
  const form = useSectionForm({
    section: 'card',
    profile,
    read,
    write: ({ language, timeZone }) => ({ language: language || null, timeZone: timeZone || null }),
  })
  const { user, workspace } = profile
  if (user === null) return null
  const facts = [
    user.login,
    user.email ?? account.email,
    user.phone,
    user.extension === null ? null : t('extension', { extension: user.extension }),
    user.roles.map((each) => role(each)).join(', '),
  ]
  return (
    <SectionFrame
      id="own-card"
      title={user.name ?? user.login}
      text={
        <>
          {facts.filter(Boolean).join(' · ')}
          <br />
          {t('cardHint')}
        </>
      }
      form={form}
      locked={locked}
    >
      <Group align="flex-start" gap="md">
        <Select
          label={t('language')}
          flex="1 1 14rem"
          allowDeselect={false}
          data={[
            { value: '', label: t('asWorkspace', { value: t(workspace.language) }) },
            { value: 'ru', label: t('ru') },
            { value: 'en', label: t('en') },
          ]}
          {...form.form.getInputProps('language')}
        />
        <ZoneInput
          label={t('zone')}
          placeholder={t('asWorkspace', { value: workspace.timeZone })}
          flex="1 1 18rem"
          value={form.form.values.timeZone}
          onChange={(zone) => form.form.setFieldValue('timeZone', zone)}
          error={form.form.errors['timeZone']}
        />
      </Group>
    </SectionFrame>
  )
}
