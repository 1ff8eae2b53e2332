import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { MAIL_CERTIFICATE } from '../../../test/standins/mail.ts'
import { certificateStage, encryptionBroke } from './certificate.ts'
import type { MailServer } from './server.ts'

const certificate = new X509Certificate(MAIL_CERTIFICATE)
const server: MailServer = {
  host: 'mail.example.ru',
  port: 465,
  encryption: 'tls',
  checkCertificate: true,
  tls: {},
  secrets: [],
}

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'самоподписанный: выключите проверку сертификата или добавьте свой CA'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'неизвестным центром «localhost»: добавьте'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'неизвестным центром «localhost»'],
  ['CERT_HAS_EXPIRED', 'истёк 2126-10-29'],
  ['CERT_NOT_YET_VALID', 'сверьте часы'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'выдан для «localhost, 127.0.0.1, 0:0:0:0:0:0:0:1», а не для mail.example.ru'],
  ['CERT_REVOKED', 'не прошёл проверку (CERT_REVOKED)'],
])('%s is told in words', (code, words) => {
  const stage = certificateStage(server, certificate, code, 'TLSv1.3')
  expect(stage).toMatchObject({ stage: 'tls', ok: false })
  expect(stage.says.ru).toContain(words)
})

test('with the check off the stage passes, and still says what is wrong', () => {
  const stage = certificateStage(
    { ...server, checkCertificate: false },
    certificate,
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'TLSv1.3',
  )
  expect(stage.ok).toBe(true)
  expect(stage.says.ru).toContain('Проверка выключена')
})

test('a certificate that holds is described', () => {
  const stage = certificateStage(server, certificate, '', 'TLSv1.3')
  expect(stage).toEqual({
    stage: 'tls',
    ok: true,
    says: {
      ru: 'Шифрование TLSv1.3: сертификат «localhost», выдан «localhost», действует до 2126-10-29',
      en: 'Encrypted, TLSv1.3: certificate "localhost", issued by "localhost", valid to 2126-10-29',
    },
  })
})

test('a plain server at a port for tls is told from one that is too old', () => {
  expect(encryptionBroke(server, 'ERR_SSL_WRONG_VERSION_NUMBER').says.ru).toContain('без шифрования')
  expect(encryptionBroke(server, 'ERR_SSL_UNSUPPORTED_PROTOCOL').says.ru).toContain('старые версии TLS')
})
