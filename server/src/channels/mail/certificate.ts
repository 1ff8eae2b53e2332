import type { X509Certificate } from 'node:crypto'
import type { Text } from '@nabat/api/text.ts'
import type { CheckStage } from '../channel.ts'
import { printable } from './address.ts'
import type { MailServer } from './server.ts'

interface Seen {
  readonly subject: string
  readonly issuer: string
  readonly until: string
  readonly names: string
}

/** What the `tls` stage of the check says of the certificate the server showed; `refusal` is empty when it holds. */
export function certificateStage(
  server: MailServer,
  certificate: X509Certificate | undefined,
  refusal: string,
  protocol: string | null,
): CheckStage {
  const seen = look(certificate)
  const shown: Text = {
    ru: `сертификат «${seen.subject}», выдан «${seen.issuer}», действует до ${seen.until}`,
    en: `certificate "${seen.subject}", issued by "${seen.issuer}", valid to ${seen.until}`,
  }
  if (refusal === '') return stage(true, `Шифрование ${protocol}: ${shown.ru}`, `Encrypted, ${protocol}: ${shown.en}`)
  const wrong = refusalText(server.host, refusal, seen)
  if (!server.checkCertificate)
    return stage(
      true,
      `Шифрование ${protocol}: ${shown.ru}. Проверка выключена, иначе: ${wrong.ru}`,
      `Encrypted, ${protocol}: ${shown.en}. The check is off, else: ${wrong.en}`,
    )
  return stage(false, `${wrong.ru} (${shown.ru})`, `${wrong.en} (${shown.en})`)
}

/** The `tls` stage when there was no handshake to speak of. */
export function encryptionBroke(server: MailServer, code: string): CheckStage {
  const plain = /WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST|UNKNOWN_PROTOCOL/.test(code) && server.encryption === 'tls'
  return plain
    ? stage(
        false,
        `Порт ${server.port} говорит без шифрования (${code}): выберите encryption: starttls или порт 465`,
        `Port ${server.port} speaks without encryption (${code}): choose encryption: starttls, or port 465`,
      )
    : stage(
        false,
        `Шифрование не установилось (${code}): возможно, сервер знает только старые версии TLS`,
        `Encryption could not be agreed on (${code}): perhaps the server knows only old versions of TLS`,
      )
}

const stage = (ok: boolean, ru: string, en: string): CheckStage => ({ stage: 'tls', ok, says: { ru, en } })

function look(certificate: X509Certificate | undefined): Seen {
  if (certificate === undefined) return { subject: '?', issuer: '?', until: '?', names: '?' }
  return {
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    until: certificate.validToDate.toISOString().slice(0, 10),
    names: printable(certificate.subjectAltName ?? '').replaceAll(/(DNS|IP Address):/g, ''),
  }
}

/** CN of a distinguished name, which comes with a line for each part; all of it when there is none. */
const commonName = (name: string): string => printable(/^CN=(.*)$/m.exec(name)?.[1] ?? name)

function refusalText(host: string, code: string, seen: Seen): Text {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        ru: 'Сертификат самоподписанный: выключите проверку сертификата или добавьте свой CA',
        en: 'The certificate is self-signed: switch the check of certificates off, or add your own CA',
      }
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        ru: `Сертификат выдан неизвестным центром «${seen.issuer}»: добавьте его сертификат в ca или выключите проверку`,
        en: `The certificate comes from the unknown authority "${seen.issuer}": add its certificate to ca, or switch the check off`,
      }
    case 'CERT_HAS_EXPIRED':
      return {
        ru: `Срок сертификата истёк ${seen.until}: его нужно обновить на почтовом сервере`,
        en: `The certificate expired on ${seen.until}: it has to be renewed on the mail server`,
      }
    case 'CERT_NOT_YET_VALID':
      return {
        ru: 'Сертификат ещё не действует: сверьте часы этой машины и почтового сервера',
        en: 'The certificate is not valid yet: compare the clocks of this machine and the mail server',
      }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        ru: `Сертификат выдан для «${seen.names || seen.subject}», а не для ${host}: укажите в host имя из сертификата`,
        en: `The certificate is for "${seen.names || seen.subject}", not for ${host}: put a name from the certificate into host`,
      }
    default:
      return {
        ru: `Сертификат не прошёл проверку (${code})`,
        en: `The certificate did not pass the check (${code})`,
      }
  }
}
