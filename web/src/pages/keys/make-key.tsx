import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Copyable } from '../../components/copy.tsx'
import { fieldOf } from '../../components/entity-form.ts'
import { ApiError, saysOf } from '../../data/api.ts'
import { useMakeKey, type Rights } from '../../data/keys.ts'
import { useWords } from '../../i18n.ts'
import { keyWords } from '../../words/keys.ts'
import { shellWords } from '../../words/shell.ts'

const RIGHTS: readonly Rights[] = ['send', 'read', 'all']

/** How an event is posted with a key, as a command. */
export const exampleOf = (key: string): string =>
  `curl ${window.location.origin}/api/v1/events -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\\n  -d '{"type": "camera.unavailable", "data": {"camera": "cam-1"}}'`

/** Makes a key and shows it, for the only time. */
export function MakeKey({ close }: { readonly close: () => void }) {
  const t = useWords(keyWords)
  const shell = useWords(shellWords)
  const make = useMakeKey()
  const form = useForm({ initialValues: { name: '', rights: 'send' as Rights, perMinute: '' as number | string } })
  const submit = form.onSubmit(({ perMinute, ...wanted }) =>
    make.mutate(
      { ...wanted, ...(typeof perMinute === 'number' ? { perMinute } : {}) },
      {
        onError: (error) => {
          if (error instanceof ApiError)
            form.setErrors(Object.fromEntries(error.details.map(({ path, message }) => [fieldOf(path), message])))
        },
      },
    ),
  )
  if (make.data !== undefined)
    return (
      <Modal opened onClose={close} title={t('made', { name: make.data.name })} size="lg" closeOnClickOutside={false}>
        <Stack>
          <Alert color="yellow" variant="light">
            {t('madeText')}
          </Alert>
          <Copyable text={make.data.key} />
          {make.variables.rights !== 'read' && (
            <>
              <Text size="sm">{t('example')}</Text>
              <Copyable text={exampleOf(make.data.key)} />
            </>
          )}
          <Group justify="flex-end">
            <Button onClick={close}>{t('done')}</Button>
          </Group>
        </Stack>
      </Modal>
    )
  return (
    <Modal opened onClose={close} title={t('make')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label={t('name')} description={t('nameHint')} data-autofocus {...form.getInputProps('name')} />
          <Radio.Group label={t('rights')} {...form.getInputProps('rights')}>
            <Stack gap="xs" mt="xs">
              {RIGHTS.map((rights) => (
                <Radio key={rights} value={rights} label={t(rights)} description={t(`${rights}Hint`)} />
              ))}
            </Stack>
          </Radio.Group>
          <NumberInput
            label={t('perMinute')}
            description={t('perMinuteHint')}
            min={1}
            allowDecimal={false}
            {...form.getInputProps('perMinute')}
          />
          {make.error !== null && <Text c="red">{saysOf(make.error)}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {shell('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
