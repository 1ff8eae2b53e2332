import { words } from '../i18n.ts'

/** Settings → Notifications. */
export const notificationWords = words(
  'notifications',
  {
    text: 'Сверху — чем оповещаем, ниже — кого и о чём.',
    master: 'Использовать оповещения по почте',
    masterOff: 'Оповещения по почте выключены: письма не уходят. Приглашения и проверочные письма работают.',
    masterOn: 'Письма с оповещениями уходят.',
    systemContact: 'Email системного администратора',
    noSystemContact: 'Email системного администратора не указан: о неполадках самого Набата письмом никто не узнает.',
    change: 'Изменить в карточке компании',
    switchedOff: 'Оповещения по почте выключены',
    switchedOn: 'Оповещения по почте включены',
  },
  {
    text: 'Above is how we tell, below whom and of what.',
    master: 'Send notices by mail',
    masterOff: 'Notices by mail are switched off: no letters leave. Invitations and test letters do.',
    masterOn: 'Letters with notices leave.',
    systemContact: 'E-mail of the system administrator',
    noSystemContact:
      'There is no e-mail of the system administrator: nobody learns by mail when Nabat itself is in trouble.',
    change: 'Change it on the company card',
    switchedOff: 'Notices by mail are switched off',
    switchedOn: 'Notices by mail are switched on',
  },
)
