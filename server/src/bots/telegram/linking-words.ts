import type { Text } from '@nabat/api/text.ts'
import type { LinkingAnswer } from './linking-decision.ts'

/** Whom an answer speaks of. */
export interface Linked {
  /** Of the person. */
  readonly name: string
  /** Title of the workspace. */
  readonly workspace: string
}

/** Where a new code comes from. */
const AGAIN: Text = {
  ru: 'Новый код — в консоли Набата: Профиль → Способы связи.',
  en: 'A new code is in the console of Nabat: Profile → Ways to reach you.',
}
const again = (ru: string, en: string): Text => ({ ru: `${ru} ${AGAIN.ru}`, en: `${en} ${AGAIN.en}` })

/** What a bot says to whoever sent it a code; `linked` is null when nobody knows whom the code was for. */
export function linkingWords(answer: LinkingAnswer, linked: Linked | null): Text {
  const name = linked?.name ?? ''
  const workspace = linked?.workspace ?? ''
  switch (answer) {
    case 'linked':
      return {
        ru: `Готово: сюда будут приходить уведомления Набата. ${name}, кабинет «${workspace}».`,
        en: `Done: notices of Nabat will come here. ${name}, workspace “${workspace}”.`,
      }
    case 'already':
      return {
        ru: `Этот чат уже привязан: уведомления Набата приходят сюда. ${name}, кабинет «${workspace}».`,
        en: `This chat is linked already: notices of Nabat come here. ${name}, workspace “${workspace}”.`,
      }
    case 'wrong':
      return again(
        'Такого кода нет: проверьте, что он набран целиком.',
        'There is no such code: check that it is whole.',
      )
    case 'last_wrong':
      return again(
        'Такого кода нет. Попыток было слишком много: следующая — через десять минут.',
        'There is no such code. These were too many tries: the next one is in ten minutes.',
      )
    case 'used':
      return again('Этот код уже не действует.', 'This code is good for nothing any more.')
    case 'expired':
      return again('Этот код истёк: он действует 15 минут.', 'This code has expired: it is good for 15 minutes.')
    case 'others':
      return {
        ru: `Этот Telegram уже привязан в кабинете «${workspace}» к другому человеку. Отвяжите его там или пришлите код из своего.`,
        en: `This Telegram account is linked to another person in the workspace “${workspace}”. Unlink it there, or send the code from your own.`,
      }
    case 'group':
      return again(
        'Код привязывает личный чат, а здесь его видят все: больше он не действует. Пришлите новый мне лично.',
        'A code links a private chat, and here everybody sees it: it is good for nothing any more. Send a new one to me alone.',
      )
    case 'file':
      return {
        ru: 'Ваша карточка описана в файле конфигурации: этот чат в неё добавляет администратор.',
        en: 'Your card is described in the configuration file: an administrator adds this chat to it.',
      }
  }
}

/** What a bot says to a chat that was taken out of a person's contacts, or came back by taking that back. */
export function unlinkedWords({ name, workspace }: Linked, isBack: boolean): Text {
  return isBack
    ? {
        ru: `Чат снова привязан: сюда будут приходить уведомления Набата. ${name}, кабинет «${workspace}».`,
        en: `The chat is linked again: notices of Nabat will come here. ${name}, workspace “${workspace}”.`,
      }
    : {
        ru: `Чат отвязан: уведомления Набата сюда больше не приходят. ${name}, кабинет «${workspace}».`,
        en: `The chat is unlinked: notices of Nabat come here no more. ${name}, workspace “${workspace}”.`,
      }
}
