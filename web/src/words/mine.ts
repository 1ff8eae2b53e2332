import { words } from '../i18n.ts'

/** What concerned oneself. */
export const mineWords = words(
  'mine',
  {
    text: 'События, о которых вам сообщали, хотели сообщить или в которых вы названы, — и почему сообщение пришло или нет.',
    search: 'Найти',
    searchHint: 'Слова из заголовка или предмет',
    told: 'Сообщили?',
    toldTrue: 'Сообщили',
    toldFalse: 'Не сообщили',
    notTold: 'Вам не сообщали',
    why: 'Почему?',
    ofEvent: 'Событие со всем его путём',
    empty: 'Вас пока ничего не касалось',
    emptyText:
      'Здесь появятся события, о которых правила сообщают вам. Кому и о чём сообщать, решает администратор; как — вы, в профиле.',
    nothing: 'Ничего не нашлось',
    nothingText: 'Уберите часть условий или возьмите другое время.',
  },
  {
    text: 'Events that you were told of, were to be told of, or that name you, and why a message did or did not come.',
    search: 'Find',
    searchHint: 'Words of the title, or the subject',
    told: 'Told?',
    toldTrue: 'Told',
    toldFalse: 'Not told',
    notTold: 'You were not told',
    why: 'Why?',
    ofEvent: 'The event with the whole way it took',
    empty: 'Nothing has concerned you yet',
    emptyText:
      'Events that the rules tell you of will be here. An administrator decides who is told of what; how, you decide in your profile.',
    nothing: 'Nothing was found',
    nothingText: 'Take some conditions away, or another time.',
  },
)
