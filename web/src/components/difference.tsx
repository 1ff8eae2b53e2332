import { SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { differences, lineDifferences, type Difference as Changed, type Line, type Path } from '../data/difference.ts'
import { yamlOf } from '../data/yaml.ts'
import { useWords } from '../i18n.ts'
import { differenceWords } from '../words/difference.ts'
import classes from './difference.module.css'

interface DifferenceProps {
  /** The older version; null or undefined: there was none. */
  readonly before: unknown
  readonly after: unknown
  /** What people call the place of a value; by default its names one after another. */
  readonly label?: (path: Path) => string | undefined
  /** A value in words; by default as the configuration file would hold it. */
  readonly value?: (value: unknown, path: Path) => string | undefined
}

/** What differs between two versions: field by field in words, or line by line of the text. */
export function Difference(props: DifferenceProps) {
  const t = useWords(differenceWords)
  const { before, after } = props
  const [view, setView] = useState('fields')
  // What was made or removed is told by its fields, not as one lump.
  const found = differences(before ?? nothingOf(after), after ?? nothingOf(before))
  if (found.length === 0) return <Text className="quiet">{t('nothing')}</Text>
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t('view')}
        value={view}
        onChange={setView}
        data={[
          { value: 'fields', label: t('byField') },
          { value: 'text', label: t('asText') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {view === 'fields' ? (
        <dl className={classes['fields']}>
          {found.map((each) => (
            <Field key={each.path.join('/')} {...props} found={each} />
          ))}
        </dl>
      ) : (
        <TextDifference before={yamlOf(before)} after={yamlOf(after)} />
      )}
    </Stack>
  )
}

const nothingOf = (other: unknown): unknown => (typeof other === 'object' && !Array.isArray(other) ? {} : undefined)

const named = (path: Path): string =>
  path.map((part) => (typeof part === 'number' ? String(part + 1) : part)).join(' › ')

function Field({ found, label, value }: DifferenceProps & { readonly found: Changed }) {
  const t = useWords(differenceWords)
  const { path, before, after } = found
  const shown = (each: unknown): string => value?.(each, path) ?? yamlOf(each)
  return (
    <div className={classes['field']}>
      <dt>{path.length === 0 ? t('whole') : (label?.(path) ?? named(path))}</dt>
      <dd>
        <span className={classes['side']}>{t('was')}</span>
        {before === undefined ? (
          <span className="quiet">{t('absent')}</span>
        ) : (
          <s className={classes['was']}>{shown(before)}</s>
        )}
      </dd>
      <dd>
        <span className={classes['side']}>{t('is')}</span>
        {after === undefined ? (
          <span className="quiet">{t('gone')}</span>
        ) : (
          <span className={classes['is']}>{shown(after)}</span>
        )}
      </dd>
    </div>
  )
}

/** Lines around a difference that are shown with it. */
const AROUND = 3

/** Two texts line by line; long stretches that are the same are left out. */
export function TextDifference({ before, after }: { readonly before: string; readonly after: string }) {
  const t = useWords(differenceWords)
  const found = lineDifferences(before, after)
  const near = found.map((_, index) =>
    found.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== 'same'),
  )
  const shown: React.ReactNode[] = []
  let skipped = 0
  const endSkip = (key: number): void => {
    if (skipped > 0)
      shown.push(
        <span key={`skipped-${key}`} className={`${classes['line']} ${classes['skipped']}`}>
          ⋯ {t('skipped', { count: skipped })}
        </span>,
      )
    skipped = 0
  }
  for (const [index, line] of found.entries()) {
    if (near[index] === true) {
      endSkip(index)
      shown.push(<TextLine key={index} line={line} />)
    } else skipped++
  }
  endSkip(found.length)
  return (
    <pre className={`mono ${classes['text']}`} tabIndex={0} role="group" aria-label={t('asText')}>
      {shown}
    </pre>
  )
}

const SIGN = { same: '  ', removed: '− ', added: '+ ' } as const

function TextLine({ line: { kind, text } }: { readonly line: Line }) {
  const t = useWords(differenceWords)
  return (
    <span className={`${classes['line']} ${classes[kind] ?? ''}`}>
      {kind !== 'same' && <VisuallyHidden>{t(kind === 'removed' ? 'removedLine' : 'addedLine')} </VisuallyHidden>}
      <span aria-hidden={kind !== 'same'}>{SIGN[kind]}</span>
      {text}
    </span>
  )
}
