import { Button, Fieldset, FileButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { LetterFrame } from '../../components/letter-frame.tsx'
import { saysOf } from '../../data/api.ts'
import { useUpload } from '../../data/files.ts'
import { useMay } from '../../data/session.ts'
import { usePreview } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { companyWords } from '../../words/company.ts'
import classes from './letter-look.module.css'
import { lookOf, type CompanyValues } from './company-values.ts'

/** An event that everybody understands. */
const SHOWN = 'camera.unavailable'

interface LetterLookProps {
  readonly form: UseFormReturnType<CompanyValues>
}

/** How letters look: the company's picture, colour and last words, with a letter as it would be. */
export function LetterLookFields({ form }: LetterLookProps) {
  const t = useWords(companyWords)
  const previews = useMay('templates.read')
  return (
    <Fieldset legend={t('look')} id="look">
      <Stack>
        <Text size="sm" className="quiet">
          {t('lookHint')}
        </Text>
        <Logo form={form} />
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('color')}
            description={t('colorHint')}
            placeholder="#1f4fd8"
            classNames={{ input: 'mono' }}
            spellCheck={false}
            flex="1 1 12rem"
            {...form.getInputProps('color')}
          />
          <input
            type="color"
            aria-label={t('chooseColor')}
            className={classes['colour']}
            value={/^#[\da-f]{6}$/i.test(form.values.color) ? form.values.color.toLowerCase() : '#1f4fd8'}
            onChange={({ currentTarget }) => form.setFieldValue('color', currentTarget.value)}
          />
        </Group>
        <Textarea
          label={t('footer')}
          description={t('footerHint')}
          autosize
          minRows={2}
          {...form.getInputProps('footer')}
        />
        {previews && <Shown values={form.values} />}
      </Stack>
    </Fieldset>
  )
}

const isUploaded = (logo: string): boolean => /^[\da-f]{8}-/i.test(logo)

function Logo({ form }: LetterLookProps) {
  const t = useWords(companyWords)
  const upload = useUpload()
  const { logo } = form.values
  const own = isUploaded(logo)
  const take = (file: File | null): void => {
    if (file === null) return
    form.clearFieldError('logo')
    upload.mutate(file, {
      onSuccess: ({ id }) => form.setFieldValue('logo', id),
      onError: (error) => form.setFieldError('logo', saysOf(error)),
    })
  }
  return (
    <div>
      <TextInput
        label={t('logo')}
        description={t('logoHint')}
        {...form.getInputProps('logo')}
        value={own ? t('ownLogo') : logo}
        readOnly={own}
      />
      <Group gap="xs" mt="xs">
        <FileButton onChange={take} accept="image/png,image/jpeg,image/gif">
          {(props) => (
            <Button {...props} variant="default" size="xs" loading={upload.isPending}>
              {t(own ? 'otherLogo' : 'chooseLogo')}
            </Button>
          )}
        </FileButton>
        {logo !== '' && (
          <Button variant="subtle" size="xs" onClick={() => form.setFieldValue('logo', '')}>
            {t('removeLogo')}
          </Button>
        )}
      </Group>
    </div>
  )
}

/** A letter as it would be with what stands in the fields. */
function Shown({ values }: { readonly values: CompanyValues }) {
  const t = useWords(companyWords)
  const { data, error } = usePreview({ type: SHOWN, language: values.language, look: lookOf(values) })
  return (
    <section aria-label={t('letterPreview')}>
      <Text size="sm" fw={500} mb={4}>
        {t('letterPreview')}
      </Text>
      {error !== null ? (
        <Text size="sm" className="quiet" role="status">
          {saysOf(error)}
        </Text>
      ) : (
        data !== undefined && <LetterFrame html={data.letter} width="desktop" height={380} />
      )}
    </section>
  )
}
