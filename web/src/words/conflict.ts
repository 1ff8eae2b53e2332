import { words } from '../i18n.ts'

/** When two people edit the same. */
export const conflictWords = words(
  'conflict',
  {
    changedBy: 'Пока вы правили, это изменил {{by}}',
    choose: 'Ваши правки целы. Решите, чья версия останется.',
    look: 'Показать отличия',
    theirs: 'Взять чужую, мои правки убрать',
    mine: 'Сохранить мою поверх',
    title: 'Чужая версия и ваша',
  },
  {
    changedBy: '{{by}} has changed this while you were editing',
    choose: 'Your changes are still here. Decide whose version stays.',
    look: 'Show the differences',
    theirs: 'Take theirs, drop my changes',
    mine: 'Save mine over it',
    title: 'Their version and yours',
  },
)
