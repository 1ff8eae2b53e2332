import type { Profile } from '@nabat/api/profile.ts'
import { Hours } from '../../components/hours.tsx'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { QuietHours } from '../people/quiet-hours.tsx'
import { SectionFrame } from './section-frame.tsx'
import { useSectionForm } from './section-form.ts'
import type { SectionProps } from './section-props.ts'

const read = ({ user }: Profile) => ({
  quietHours: user?.quietHours ?? null,
  workingHours: user?.workingHours ?? null,
})

/** When one wants to be left alone. */
export function HoursSection({ profile, locked }: SectionProps) {
  const t = useWords(profileWords)
  const section = useSectionForm({
    section: 'hours',
    profile,
    read,
    write: (values) => values,
    // The fields of a time of day stand together.
    fieldOf: (pointer) => pointer.split('/')[1] ?? '',
  })
  const { form } = section
  return (
    <SectionFrame id="hours" title={t('hours')} text={t('hoursText')} form={section} locked={locked}>
      <QuietHours
        value={form.values.quietHours}
        change={(value) => form.setFieldValue('quietHours', value)}
        error={form.errors['quietHours']}
      />
      <Hours
        label={t('workingHours')}
        schedule={form.values.workingHours}
        change={(schedule) =>
          form.setFieldValue(
            'workingHours',
            // What somebody begins with at work, not at night.
            schedule !== null && form.values.workingHours === null
              ? { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }
              : schedule,
          )
        }
        error={form.errors['workingHours']}
      />
    </SectionFrame>
  )
}
