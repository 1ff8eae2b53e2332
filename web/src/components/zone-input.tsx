import { Select, type ComboboxItem, type OptionsFilter, type SelectProps } from '@mantine/core'
import { useMemo } from 'react'
import { formatOf } from '../data/wall-time.ts'
import { useWords } from '../i18n.ts'
import { zoneWords } from '../words/zones.ts'

/** Zones that most people here live in, from west to east; they come first. */
const NEAR = [
  'Europe/Moscow',
  'Europe/Kaliningrad',
  'Europe/Simferopol',
  'Europe/Volgograd',
  'Europe/Kirov',
  'Europe/Samara',
  'Europe/Saratov',
  'Europe/Astrakhan',
  'Europe/Ulyanovsk',
  'Asia/Yekaterinburg',
  'Asia/Omsk',
  'Asia/Novosibirsk',
  'Asia/Barnaul',
  'Asia/Tomsk',
  'Asia/Novokuznetsk',
  'Asia/Krasnoyarsk',
  'Asia/Irkutsk',
  'Asia/Chita',
  'Asia/Yakutsk',
  'Asia/Vladivostok',
  'Asia/Magadan',
  'Asia/Sakhalin',
  'Asia/Kamchatka',
  'Asia/Anadyr',
  'Europe/Minsk',
  'Asia/Almaty',
  'Asia/Tashkent',
  'Asia/Bishkek',
  'Asia/Dushanbe',
  'Asia/Yerevan',
  'Asia/Baku',
  'Asia/Tbilisi',
] as const
type Near = (typeof NEAR)[number]
const isNear = (zone: string): zone is Near => NEAR.some((near) => near === zone)

/** `UTC+5`. */
const offsetOf = (timeZone: string): string =>
  formatOf('en', { timeZone, timeZoneName: 'shortOffset' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')!
    .value.replace('GMT', 'UTC')

/** By city in the language of the console or in English, and by `+5`. */
const byWords: OptionsFilter = ({ options, search, limit }) => {
  const plain = (text: string): string => text.toLowerCase().replaceAll('ё', 'е').replaceAll('_', ' ')
  const typed = plain(search.trim()).split(/\s+/)
  return (options as ComboboxItem[])
    .filter(({ label }) => typed.every((word) => plain(label).includes(word)))
    .slice(0, limit)
}

type ZoneInputProps = Omit<SelectProps, 'data' | 'value' | 'onChange' | 'filter'> & {
  /** IANA name; empty for none of one's own. */
  readonly value: string
  readonly onChange: (timeZone: string) => void
}

/** A field for a time zone, found by city, name or offset. */
export function ZoneInput({ value, onChange, ...rest }: ZoneInputProps) {
  const t = useWords(zoneWords)
  const zones = useMemo(() => {
    const others = Intl.supportedValuesOf('timeZone').filter((zone) => !isNear(zone))
    return [...NEAR, ...others].map((zone) => ({
      value: zone,
      label: [...(isNear(zone) ? [t(zone)] : []), offsetOf(zone), zone].join(' · '),
    }))
  }, [t])
  return (
    <Select
      clearable
      {...rest}
      data={value === '' || zones.some((zone) => zone.value === value) ? zones : [{ value, label: value }, ...zones]}
      filter={byWords}
      searchable
      limit={50}
      value={value === '' ? null : value}
      onChange={(zone) => onChange(zone ?? '')}
    />
  )
}
