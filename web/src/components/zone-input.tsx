import { Select, type ComboboxItem, type OptionsFilter, type SelectProps } from '@mantine/core'
import { useMemo } from 'react'
import { formatOf } from '../data/wall-time.ts'
import { language } from '../i18n.ts'

const partOf = (locale: string, timeZone: string, timeZoneName: 'shortGeneric' | 'shortOffset'): string =>
  formatOf(locale, { timeZone, timeZoneName })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')?.value ?? ''

/** `Екатеринбург · UTC+5 · Asia/Yekaterinburg`. */
export function zoneText(timeZone: string, locale: string = language()): string {
  const place = partOf(locale, timeZone, 'shortGeneric').replace(/ Time$/, '')
  return [place, partOf('en', timeZone, 'shortOffset').replace('GMT', 'UTC'), timeZone].join(' · ')
}

/** Also by the other language's name of the place, and by `+5`. */
const byWords: OptionsFilter = ({ options, search, limit }) => {
  const words = search.trim().toLowerCase().replaceAll('ё', 'е').split(/\s+/)
  const fits = ({ label }: ComboboxItem): boolean => {
    const text = label.toLowerCase().replaceAll('ё', 'е')
    return words.every((word) => text.includes(word))
  }
  return (options as ComboboxItem[]).filter(fits).slice(0, limit)
}

type ZoneInputProps = Omit<SelectProps, 'data' | 'value' | 'onChange' | 'filter'> & {
  /** IANA name; empty for none of one's own. */
  readonly value: string
  readonly onChange: (timeZone: string) => void
}

/** A field for a time zone, found by city, name or offset. */
export function ZoneInput({ value, onChange, ...rest }: ZoneInputProps) {
  const spoken = language()
  const zones = useMemo(
    () => Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zoneText(zone, spoken) })),
    [spoken],
  )
  return (
    <Select
      {...rest}
      data={value === '' || zones.some((zone) => zone.value === value) ? zones : [{ value, label: value }, ...zones]}
      filter={byWords}
      searchable
      clearable
      limit={50}
      value={value === '' ? null : value}
      onChange={(zone) => onChange(zone ?? '')}
    />
  )
}
