import { words } from '../i18n.ts'

/** Signing in, and what one-time links lead to. */
export const signInWords = words(
  'signIn',
  {
    title: 'Вход в Набат',
    login: 'Логин или e-mail',
    password: 'Пароль',
    submit: 'Войти',
    forgot: 'Забыли пароль?',
    slowDown_one: 'Слишком много неудачных попыток. Повторите через {{count}} секунду.',
    slowDown_few: 'Слишком много неудачных попыток. Повторите через {{count}} секунды.',
    slowDown_many: 'Слишком много неудачных попыток. Повторите через {{count}} секунд.',
    slowDown_other: 'Слишком много неудачных попыток. Повторите через {{count}} секунды.',
    noAdministrator: 'Первый администратор заводится по ссылке, которую сервер печатает при запуске.',
    wrong: 'Неверный логин или пароль.',
  },
  {
    title: 'Sign in to Nabat',
    login: 'Login or e-mail',
    password: 'Password',
    submit: 'Sign in',
    forgot: 'Forgot the password?',
    slowDown_one: 'Too many failed attempts. Try again in {{count}} second.',
    slowDown_other: 'Too many failed attempts. Try again in {{count}} seconds.',
    noAdministrator: 'The first administrator is made through the link that the server prints at its start.',
    wrong: 'Wrong login or password.',
  },
)
