import { describe, expect, it } from 'vitest'
import { cellsOf, columnsOf } from './columns.ts'
import { languageOf, phoneKey, roleOf, timeZoneOf } from './values.ts'

const fields = (...headers: string[]) => columnsOf(headers).map(({ field }) => field)

describe('headers', () => {
  it('are understood in Russian and English, however they are written', () => {
    expect(fields('ЛОГИН', 'Ф.И.О.', 'Моб. телефон', 'Электронная почта', 'Внутренний телефон')).toEqual([
      'login',
      'name',
      'phone',
      'email',
      'extension',
    ])
    expect(fields('User name', 'Full name', 'Cell', 'E-Mail', 'Ext.', 'Manager', 'Time zone', 'Chat ID')).toEqual([
      'login',
      'name',
      'phone',
      'email',
      'extension',
      'head',
      'timeZone',
      'telegram',
    ])
    expect(fields('Имя пользователя', 'Отдел', 'Роль', 'Язык', 'Часовой пояс', 'Телеграм', 'Руководитель')).toEqual([
      'login',
      'groups',
      'roles',
      'language',
      'timeZone',
      'telegram',
      'head',
    ])
  })

  it('are left out when they mean nothing, or what another means already', () => {
    expect(fields('Телефон', 'Размер обуви', 'Мобильный', '')).toEqual(['phone', null, null, null])
  })

  it('make a name of its parts; a first name alone is the name', () => {
    const columns = columnsOf(['Имя', 'Фамилия', 'Отчество'])
    expect(cellsOf(columns, ['Иван', 'Петров', '']).name).toBe('Петров Иван')
    expect(fields('Имя', 'Логин')).toEqual(['name', 'login'])
  })
})

describe('values', () => {
  it('are roles in words', () => {
    expect(['Администратор', 'техподдержка', 'Склад', 'монтажники', 'INSTALLER'].map(roleOf)).toEqual([
      'admin',
      'support',
      'warehouse',
      'installer',
      'installer',
    ])
    expect(roleOf('король')).toBeUndefined()
  })

  it('are zones by their hours from Moscow or Greenwich', () => {
    expect(['МСК', 'мск+2', 'UTC+03:00', 'GMT+10', 'МСК-1'].map(timeZoneOf)).toEqual([
      'Europe/Moscow',
      'Asia/Yekaterinburg',
      'Europe/Moscow',
      'Asia/Vladivostok',
      'Europe/Kaliningrad',
    ])
    expect(timeZoneOf('Asia/Tokyo')).toBe('Asia/Tokyo')
  })

  it('are languages and phone numbers', () => {
    expect(['Русский', 'en', 'английский', 'fr'].map(languageOf)).toEqual(['ru', 'en', 'en', undefined])
    expect(phoneKey('8 (916) 123-45-67')).toBe(phoneKey('+79161234567'))
  })
})
