import type { Language, Text } from '@nabat/api/text.ts'
import type { DeliveryState } from './store/store.ts'

const STATE: Readonly<Record<DeliveryState, Text>> = {
  waiting: { ru: 'ждёт', en: 'waiting' },
  sent: { ru: 'отправлено', en: 'sent' },
  suppressed: { ru: 'не отправлено', en: 'not sent' },
  failed: { ru: 'не удалось отправить', en: 'could not be sent' },
  cancelled: { ru: 'отменено', en: 'cancelled' },
}

/** Why a delivery is as it is, for people. The same codes stand in the store, log, metrics and API. */
export const REASONS: Readonly<Record<string, Text>> = {
  quiet_hours: { ru: 'тихие часы получателя', en: 'quiet hours of the recipient' },
  working_hours: { ru: 'нерабочее время получателя', en: 'outside working hours of the recipient' },
  channel_incomplete: {
    ru: 'канал не готов: заполнены не все поля',
    en: 'the channel is not ready: fields are missing',
  },
  channel_off: { ru: 'канал выключен', en: 'the channel is switched off' },
  channel_unusable: { ru: 'настройки канала негодны', en: 'the settings of the channel cannot be used' },
  silence: { ru: 'действует тишина', en: 'a silence is in force' },
  unreachable: { ru: 'до получателя нет ни одного пути', en: 'there is no way to reach the recipient' },
  person_left: { ru: 'человек больше не работает', en: 'the person has left' },
  preference: { ru: 'получатель так не хочет', en: 'the recipient does not want it this way' },
  mail_off: { ru: 'оповещения по почте выключены', en: 'notices by e-mail are switched off' },
  destination_disabled: { ru: 'адрес отключён', en: 'the destination is disabled' },
  throttled: { ru: 'слишком часто', en: 'too often' },
  superseded: { ru: 'его заменило более новое сообщение', en: 'a newer message took its place' },
  incident_ended: { ru: 'пока ждало, всё закончилось', en: 'it was over before it could be told' },
  never_told: { ru: 'о начале не сообщалось', en: 'the beginning was never told' },
  expired: { ru: 'вышел срок', en: 'its time ran out' },
  channel_removed: { ru: 'канал удалён', en: 'the channel was removed' },
  channel_down: { ru: 'канал не отвечает', en: 'the channel does not answer' },
  folded: { ru: 'вошло в одно сообщение: много событий сразу', en: 'in one message with others: many events at once' },
  workspace_blocked: { ru: 'кабинет заблокирован', en: 'the workspace is blocked' },
  workspace_removed: { ru: 'кабинет удалён', en: 'the workspace was removed' },
  unread: { ru: 'ждёт, не прочтут ли прежнее', en: 'waits whether the one before it is read' },
  read: { ru: 'прежнее прочитано', en: 'the one before it was read' },
  acknowledged: { ru: 'уже приняли в работу', en: 'somebody has taken it on' },
  told_otherwise: { ru: 'уже сообщено другим путём', en: 'another way got through first' },
  loop: { ru: 'похоже на петлю: одно и то же слишком часто', en: 'looks like a loop: the same too often' },
  joined: { ru: 'вошло в сводку', en: 'joined a digest' },
  digest: { ru: 'собирается сводка', en: 'a digest is gathering' },
  rule_deleted: { ru: 'правило удалено', en: 'the rule was deleted' },
  retried: { ru: 'повторено вручную', en: 'tried again by hand' },
  cancelled: { ru: 'остановлено', en: 'stopped' },
  unreachable_host: { ru: 'нет соединения', en: 'no connection' },
  timeout: { ru: 'нет ответа', en: 'no answer' },
  tls: { ru: 'не проверен сертификат', en: 'the certificate was refused' },
  provider_error: { ru: 'ошибка на той стороне', en: 'an error on the other side' },
  quota: { ru: 'исчерпан лимит отправки', en: 'the sending quota is used up' },
  unauthorized: { ru: 'токен или пароль не принят', en: 'token or password was refused' },
  forbidden: { ru: 'нет права писать туда', en: 'not allowed to write there' },
  blocked: { ru: 'получатель заблокировал бота', en: 'the recipient blocked the bot' },
  no_such_destination: { ru: 'такого адресата нет', en: 'no such destination' },
  no_device: { ru: 'нет ни одного браузера с push', en: 'there is no browser that takes push messages' },
  moved: { ru: 'у адресата новый адрес', en: 'the destination has moved' },
  mailbox_full: { ru: 'ящик переполнен', en: 'the mailbox is full' },
  refused_content: { ru: 'сообщение не принято', en: 'the message was refused' },
  edit_gone: { ru: 'прежнее сообщение уже не изменить', en: 'the earlier message cannot be edited' },
  misconfigured: { ru: 'ошибка в настройках', en: 'a setting is wrong' },
  private_address: { ru: 'адрес во внутренней сети', en: 'a private address' },
  by_hand: { ru: 'отключено вручную', en: 'disabled by hand' },
  internal: { ru: 'внутренняя ошибка', en: 'internal error' },
}

/** Reasons to wait that lie in the hours of the recipient. */
export const PERSONAL_HOURS: readonly string[] = ['quiet_hours', 'working_hours']

/** Reasons to wait that are over once the operator opens the workspace again. */
export const CLOSED: readonly string[] = ['workspace_blocked', 'workspace_removed']

/** Reasons to wait that are over once the channel is mended, or back. */
export const CHANNEL_TROUBLE: readonly string[] = [
  'channel_off',
  'channel_incomplete',
  'channel_unusable',
  'channel_down',
  'unreachable_host',
  'timeout',
  'tls',
  'provider_error',
  'unauthorized',
  'misconfigured',
]

/** A reason in words; a code that is not known stands for itself. */
export const reasonWords = (reason: string): Text => REASONS[reason] ?? { ru: reason, en: reason }

/** A reason that was written down in words of one language, in another; what somebody else has said stays as it is. */
export const reasonIn = (words: string, language: Language): string =>
  Object.values(REASONS).find(({ ru, en }) => words === ru || words === en)?.[language] ?? words

/** State and reason in one short phrase. */
export function reasonText(state: DeliveryState, reason: string | null, note: string | null): Text {
  const { ru, en } = STATE[state]
  const why = reason === null ? undefined : reasonWords(reason)
  const repeat =
    note?.split(' ').includes('repeat') === true
      ? { ru: '; возможно, повторно', en: '; possibly a repeat' }
      : { ru: '', en: '' }
  return {
    ru: `${ru}${why === undefined ? '' : `: ${why.ru}`}${repeat.ru}`,
    en: `${en}${why === undefined ? '' : `: ${why.en}`}${repeat.en}`,
  }
}
