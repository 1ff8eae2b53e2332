import { expect, test } from 'vitest'
import { MAIL_PRESETS, presetOf } from './mail-presets.ts'

test('a preset is found by the name of its server', () => {
  for (const preset of MAIL_PRESETS) expect(presetOf(preset.host.toUpperCase())).toBe(preset)
  expect(presetOf('mail.example.ru')).toBeUndefined()
})

test('Yandex is left alone for a day once its quota is used up: each further attempt prolongs the block', () => {
  expect(presetOf('smtp.yandex.ru')?.quotaPauseMs).toBe(86_400_000)
})

test('port and encryption fit each other', () => {
  for (const { port, encryption } of MAIL_PRESETS) expect(port).toBe(encryption === 'tls' ? 465 : 587)
})
