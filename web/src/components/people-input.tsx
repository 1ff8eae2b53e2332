import { Select, TagsInput, type SelectProps, type TagsInputProps } from '@mantine/core'
import { useState } from 'react'
import { usePeopleNames } from '../data/people-names.ts'

/** The server has looked already. */
const all = <Options,>({ options }: { readonly options: Options }): Options => options

type PersonInputProps = Omit<SelectProps, 'data' | 'value' | 'onChange' | 'searchable'> & {
  /** A login; empty for nobody. */
  readonly value: string
  readonly onChange: (login: string) => void
}

/** A field for one person, found by name, login or address. */
export function PersonInput({ value, onChange, ...rest }: PersonInputProps) {
  const [typed, setTyped] = useState('')
  const chosen = usePeopleNames(value).find(({ login }) => login === value) ?? { login: value, label: value }
  // What the field says of the one who is chosen is no search.
  const people = usePeopleNames(typed === chosen.label || typed === value ? '' : typed)
  const proposed = [chosen, ...people.filter(({ login }) => login !== value)]
  return (
    <Select
      {...rest}
      searchable
      filter={all}
      data={proposed.filter(({ login }) => login !== '').map(({ login, label }) => ({ value: login, label }))}
      value={value === '' ? null : value}
      onChange={(login) => onChange(login ?? '')}
      onSearchChange={setTyped}
    />
  )
}

type PeopleInputProps = Omit<TagsInputProps, 'data' | 'value' | 'onChange'> & {
  /** Logins, also of people whom Nabat does not know. */
  readonly value: readonly string[]
  readonly onChange: (logins: string[]) => void
}

/** A field for several people, found by name, login or address. */
export function PeopleInput({ value, onChange, ...rest }: PeopleInputProps) {
  const [typed, setTyped] = useState('')
  const people = usePeopleNames(typed)
  const labels = new Map(people.map(({ login, label }) => [login, label]))
  return (
    <TagsInput
      {...rest}
      filter={all}
      data={people.map(({ login }) => login).filter((login) => !value.includes(login))}
      renderOption={({ option }) => labels.get(option.value) ?? option.value}
      value={[...value]}
      onChange={onChange}
      onSearchChange={setTyped}
      acceptValueOnBlur
    />
  )
}
