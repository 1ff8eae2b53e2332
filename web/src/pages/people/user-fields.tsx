import { Chip, Fieldset, Group, Input, Select, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { ROLES } from '@nabat/api/configuration.ts'
import type { Role } from '@nabat/api/permissions.ts'
import { useId } from 'react'
import { Hours } from '../../components/hours.tsx'
import { PersonInput } from '../../components/people-input.tsx'
import { ZoneInput } from '../../components/zone-input.tsx'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { roleWords } from '../../words/roles.ts'
import { ContactsFields } from './contacts-fields.tsx'
import { Preferences } from './preferences.tsx'
import { QuietHours } from './quiet-hours.tsx'
import type { UserValues } from './user-values.ts'

/** What the parts of the card are given. */
export interface UserFieldsProps {
  readonly form: UseFormReturnType<UserValues>
}

/** The fields of the employee card. */
export function UserFields({ form, isNew }: UserFieldsProps & { readonly isNew: boolean }) {
  const t = useWords(peopleWords)
  const { values, errors } = form
  return (
    <>
      <Fieldset legend={t('about')}>
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t('name')} data-autofocus={isNew} {...form.getInputProps('name')} />
            <TextInput
              label={t('login')}
              description={isNew ? t('loginHint') : undefined}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              autoCapitalize="none"
              spellCheck={false}
              {...form.getInputProps('login')}
            />
          </SimpleGrid>
          <Roles form={form} />
          <PersonInput
            label={t('head')}
            description={t('headHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            clearable
            value={values.head}
            onChange={(login) => form.setFieldValue('head', login)}
            error={errors['head']}
          />
          <Switch
            label={t('enabled')}
            description={t('enabledHint')}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
        </Stack>
      </Fieldset>
      <Fieldset legend={t('reachHow')}>
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t('phone')} type="tel" {...form.getInputProps('phone')} />
            <TextInput label={t('extension')} inputMode="numeric" {...form.getInputProps('extension')} />
            <TextInput label={t('email')} type="email" {...form.getInputProps('email')} />
            <TextInput
              label={t('mattermost')}
              leftSection={<Text className="quiet">@</Text>}
              autoCapitalize="none"
              {...form.getInputProps('mattermost')}
            />
          </SimpleGrid>
          <ContactsFields form={form} />
        </Stack>
      </Fieldset>
      <Fieldset legend={t('hours')}>
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select
              label={t('language')}
              placeholder={t('asCompany')}
              data={(['ru', 'en'] as const).map((value) => ({ value, label: t(value) }))}
              clearable
              value={values.language === '' ? null : values.language}
              onChange={(value) => form.setFieldValue('language', (value ?? '') as UserValues['language'])}
              error={errors['language']}
            />
            <ZoneInput
              label={t('timeZone')}
              placeholder={t('asCompany')}
              value={values.timeZone}
              onChange={(zone) => form.setFieldValue('timeZone', zone)}
              error={errors['timeZone']}
            />
          </SimpleGrid>
          <QuietHours
            value={values.quietHours}
            change={(hours) => form.setFieldValue('quietHours', hours)}
            error={errors['quietHours']}
          />
          <Hours
            label={t('workingHours')}
            schedule={values.workingHours}
            change={(hours) =>
              // Working hours are the other half of the day than a silence.
              form.setFieldValue(
                'workingHours',
                values.workingHours === null && hours !== null
                  ? { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }
                  : hours,
              )
            }
            error={errors['workingHours']}
          />
          <Text size="sm" className="quiet">
            {t('hoursHint')}
          </Text>
        </Stack>
      </Fieldset>
      <Preferences form={form} />
    </>
  )
}

function Roles({ form }: UserFieldsProps) {
  const t = useWords(peopleWords)
  const role = useWords(roleWords)
  const id = useId()
  return (
    <div role="group" aria-labelledby={id}>
      <Input.Label component="div" id={id} mb={4}>
        {t('roles')}
      </Input.Label>
      <Chip.Group
        multiple
        value={form.values.roles}
        onChange={(roles) =>
          form.setFieldValue(
            'roles',
            ROLES.filter((each) => roles.includes(each)),
          )
        }
      >
        <Group gap={6}>
          {ROLES.map((each: Role) => (
            <Chip key={each} value={each} size="sm">
              {role(each)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {form.errors['roles'] !== undefined && <Input.Error mt={4}>{form.errors['roles']}</Input.Error>}
    </div>
  )
}
