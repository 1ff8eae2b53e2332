import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from 'react-router'
import { ApiError, saysOf } from '../../data/api.ts'
import { useCatalogue, type EventType } from '../../data/catalogue.ts'
import { usePostEvent } from '../../data/events.ts'
import { language, useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'

interface TestEventProps {
  readonly opened: boolean
  readonly close: () => void
}

/** The example of a type as somebody would post it. */
const exampleOf = (type: EventType | undefined): string =>
  JSON.stringify(type === undefined ? {} : { type: type.name, ...type.example }, null, 2)

/** Posts an event to see what comes of it; it is as real as any other. */
export function TestEvent({ opened, close }: TestEventProps) {
  const t = useWords(eventWords)
  return (
    <Modal opened={opened} onClose={close} title={t('test')} size="lg">
      <TestForm close={close} />
    </Modal>
  )
}

function TestForm({ close }: { readonly close: () => void }) {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const { data: types = [] } = useCatalogue()
  const post = usePostEvent()
  const form = useForm({ initialValues: { type: null as string | null, body: '' } })
  const choose = (name: string | null): void => {
    form.setValues({ type: name, body: name === null ? '' : exampleOf(types.find((type) => type.name === name)) })
    form.clearErrors()
    post.reset()
  }
  const send = form.onSubmit(({ body }) => {
    let event: unknown
    try {
      event = JSON.parse(body)
    } catch (error) {
      form.setFieldError('body', `${t('notJson')} ${saysOf(error)}`)
      return
    }
    post.mutate(event, {
      onError: (error) => form.setFieldError('body', problemsOf(error)),
      onSuccess: ({ id, deliveries }) => {
        notifications.show({ message: t('posted', { count: deliveries }), color: 'green' })
        close()
        void go(`/events/${id}`)
      },
    })
  })
  const groups = [...Map.groupBy(types, ({ categoryTitle }) => categoryTitle)]
  return (
    <form onSubmit={send}>
      <Stack>
        <Text size="sm">{t('testText')}</Text>
        <Select
          label={t('type')}
          data={groups.map(([group, items]) => ({
            group,
            items: items.map(({ name, title }) => ({ value: name, label: title[language()] })),
          }))}
          {...form.getInputProps('type')}
          onChange={choose}
          searchable
          data-autofocus
        />
        {form.values.type !== null && (
          <Textarea
            label={t('testBody')}
            autosize
            minRows={6}
            maxRows={18}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            {...form.getInputProps('body')}
          />
        )}
        {post.error !== null && form.errors['body'] === undefined && (
          <Alert color="red" variant="light" role="alert">
            {saysOf(post.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {shell('cancel')}
          </Button>
          <Button type="submit" loading={post.isPending} disabled={form.values.type === null}>
            {t('send')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What the server found wrong with the event, a line each with where it is. */
const problemsOf = (error: unknown): string =>
  error instanceof ApiError && error.details.length > 0
    ? error.details.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n')
    : saysOf(error)
