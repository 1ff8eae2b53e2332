import { useForm, type UseFormReturnType } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import type { Section } from '@nabat/api/configuration.ts'
import { useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { ApiError, saysOf } from '../data/api.ts'
import { useSave, type Stored, type Written } from '../data/entities.ts'
import { queries } from '../data/queries.ts'
import { say } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** `/to/0/chat` → `to.0.chat`, as the form names its fields. */
export const fieldOf = (pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')

interface EntityFormOptions<Values, T> {
  readonly section: Section
  /** What is edited; undefined for a new one, or while it is being loaded. */
  readonly entity: (T & Stored) | undefined
  /** Fields of the form for an entity, or for a new one. */
  readonly read: (entity: (T & Stored) | undefined) => Values
  /** The entity that the fields make, as the API takes it. */
  readonly write: (values: Values) => unknown
  /** Which field of the form shows a mistake of the API, when it is named otherwise there. */
  readonly fieldOf?: (pointer: string) => string
  /** What happens once it is saved; by default the page's address becomes that of the entity. */
  readonly saved?: (written: Written<T>) => void
}

/** Somebody else has saved the entity while it was being edited. */
export interface Conflict {
  readonly section: Section
  readonly id: string
  /** The entity as it is stored now, and as the form would have it. */
  readonly theirs: unknown
  readonly mine: unknown
  readonly takeTheirs: () => void
  /** Saves what the form holds in place of theirs. */
  readonly saveMine: () => void
}

/** A form over one entity of the configuration. */
export interface EntityForm<Values> {
  readonly form: UseFormReturnType<Values>
  /** What the server said that belongs to no field. */
  readonly general: string | undefined
  readonly saving: boolean
  readonly conflict: Conflict | undefined
  readonly submit: (event?: React.FormEvent<HTMLFormElement>) => void
}

/**
 * The one way of editing: the form is filled from the entity, sent whole, and what the server finds wrong stands beside
 * the field that it is about. Nothing is checked twice: the server's checks are the checks.
 */
export function useEntityForm<Values extends object, T>(options: EntityFormOptions<Values, T>): EntityForm<Values> {
  const { section, entity, read, write } = options
  const form = useForm<Values>({ initialValues: read(entity) })
  const save = useSave<T>(section)
  const go = useNavigate()
  const { id, version } = entity ?? {}
  /** The version that is being edited: who came later is told, not overwritten. */
  const edited = useRef(version)
  const take = (): void => {
    if (entity === undefined) return
    edited.current = version
    form.setInitialValues(read(entity))
    form.setValues(read(entity))
    form.resetDirty()
    form.clearErrors()
    save.reset()
  }
  // Loaded, or changed elsewhere: taken over as long as nothing has been typed.
  useEffect(() => {
    if (!form.isDirty()) take()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only another version is a reason, not each drawing of the form
  }, [id, version])

  const saved = (written: Written<T>, values: Values): void => {
    edited.current = written.entity.version
    form.resetDirty(values)
    notifications.show({ message: say(shellWords, 'saved'), color: 'green' })
    if (options.saved !== undefined) options.saved(written)
    else if (id === undefined) void go(`../${written.entity.id}`, { replace: true, relative: 'path' })
  }
  const failed = (error: unknown): void => {
    if (!(error instanceof ApiError)) return
    if (error.status === 409) void queries.invalidateQueries({ queryKey: ['configuration', section] })
    const fields = error.details.filter(({ path }) => path !== '')
    const name = options.fieldOf ?? fieldOf
    form.setErrors(Object.fromEntries(fields.map(({ path, message }) => [name(path), message])))
    focusMistake()
  }
  const saveOver = (values: Values, over: number | undefined): void =>
    save.mutate(
      {
        ...(id === undefined ? {} : { id }),
        ...(over === undefined ? {} : { version: over }),
        entity: write(values),
      },
      { onSuccess: (written) => saved(written, values), onError: failed },
    )
  const submit = form.onSubmit((values) => saveOver(values, edited.current))
  const isBehind = entity !== undefined && edited.current !== undefined && entity.version > edited.current
  const conflict: Conflict | undefined =
    isBehind && !save.isPending && form.isDirty()
      ? {
          section,
          id: entity.id,
          theirs: write(read(entity)),
          mine: write(form.values),
          takeTheirs: take,
          saveMine: () => saveOver(form.values, entity.version),
        }
      : undefined
  const general = conflict === undefined ? generalOf(save.error) : undefined
  return { form, general, saving: save.isPending, conflict, submit }
}

/** By then a field that is wrong is marked, on a busy machine too. */
const MOST_FRAMES = 60

/** The first field that is wrong, once it is drawn so: whoever does not see the form hears of it. */
export function focusMistake(tries = MOST_FRAMES): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (field !== null) field.focus()
    else if (tries > 0) focusMistake(tries - 1)
  })
}

/** What the server said of a form that belongs to no field; undefined when nothing is wrong. */
export function generalOf(error: unknown): string | undefined {
  if (error === null || error === undefined) return undefined
  if (!(error instanceof ApiError)) return saysOf(error)
  const general = error.details.filter(({ path }) => path === '')
  if (general.length > 0) return general.map(({ message }) => message).join('\n')
  return error.details.length > 0 ? say(shellWords, 'formWrong') : error.message
}
