import { useForm, type UseFormReturnType } from '@mantine/form'
import type { Profile } from '@nabat/api/profile.ts'
import { createContext, useContext, useEffect, useRef } from 'react'
import { fieldOf, focusMistake, generalOf } from '../../components/entity-form.ts'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { ApiError } from '../../data/api.ts'
import { useSaveProfile, type OwnFields } from '../../data/profile.ts'
import { say } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'

/** Is told whether a section has changes that are not saved: the page asks before they are left behind. */
export const Unsaved = createContext<(section: string, dirty: boolean) => void>(() => {})

interface SectionOptions<Values> {
  /** Names it among the sections. */
  readonly section: string
  readonly profile: Profile
  readonly read: (profile: Profile) => Values
  readonly write: (values: Values) => OwnFields
  /** Which field of the form shows a mistake of the API, when it is named otherwise there. */
  readonly fieldOf?: (pointer: string) => string
}

/** The form of one section, saved by itself. */
export interface SectionForm<Values> {
  readonly form: UseFormReturnType<Values>
  readonly general: string | undefined
  readonly saving: boolean
  readonly dirty: boolean
  /** What it is about was changed elsewhere meanwhile: take that, or save over it. */
  readonly behind: { readonly take: () => void; readonly save: () => void } | undefined
  readonly submit: (event?: React.FormEvent<HTMLFormElement>) => void
}

/** A form over a part of one's own card: filled from the profile, and only its own fields are sent. */
export function useSectionForm<Values extends object>(options: SectionOptions<Values>): SectionForm<Values> {
  const { section, profile, read, write } = options
  const form = useForm<Values>({ initialValues: read(profile) })
  const save = useSaveProfile()
  const offerUndo = useOfferUndo()
  const report = useContext(Unsaved)
  const now = JSON.stringify(read(profile))
  /** What the fields were filled from: other sections may change the card meanwhile, and do not matter here. */
  const base = useRef(now)
  const dirty = form.isDirty()
  const take = (): void => {
    base.current = now
    const values = read(profile)
    form.setInitialValues(values)
    form.setValues(values)
    form.resetDirty()
    form.clearErrors()
    save.reset()
  }
  useEffect(() => {
    if (!form.isDirty()) take()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only other values are a reason, not each drawing of the form
  }, [now])
  useEffect(() => {
    report(section, dirty)
    return () => report(section, false)
  }, [report, section, dirty])

  const send = (values: Values): void =>
    save.mutate(
      { fields: write(values), version: profile.version },
      {
        onSuccess: ({ profile: saved, change }) => {
          base.current = JSON.stringify(read(saved))
          form.setInitialValues(read(saved))
          form.setValues(read(saved))
          form.resetDirty()
          form.clearErrors()
          offerUndo(say(shellWords, 'saved'), change)
        },
        onError: (error) => {
          if (!(error instanceof ApiError)) return
          const fields = error.details.filter(({ path }) => path !== '')
          form.setErrors(
            Object.fromEntries(fields.map(({ path, message }) => [(options.fieldOf ?? fieldOf)(path), message])),
          )
          focusMistake()
        },
      },
    )
  const isBehind = dirty && !save.isPending && base.current !== now
  return {
    form,
    general: isBehind ? undefined : generalOf(save.error),
    saving: save.isPending,
    dirty,
    behind: isBehind ? { take, save: () => send(form.values) } : undefined,
    submit: form.onSubmit((values) => (isBehind ? undefined : send(values))),
  }
}
