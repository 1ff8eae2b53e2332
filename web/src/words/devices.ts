import { words } from '../i18n.ts'

/** Notifications in the browser: offering them, this device, the list of devices. */
export const devicesWords = words(
  'devices',
  {
    offer: 'Показывать уведомления на этом устройстве?',
    offerWhy:
      'Набат сообщит о том, что касается вас, даже когда эта страница закрыта. После «Включить» разрешения спросит браузер.',
    switchOn: 'Включить',
    notNow: 'Не сейчас',
    switchedOn: 'Уведомления включены: они придут и сюда',
    dismissed: 'Браузер закрыл вопрос без ответа. Нажмите «Включить» ещё раз и разрешите уведомления.',
    notSubscribed:
      'Браузер не смог подписаться: он не достучался до службы push своего производителя или не имеет её. Проверьте доступ в интернет ({{detail}}).',
    title: 'Уведомления в браузере',
    text: 'Приходят на устройства из этого списка, даже когда Набат закрыт.',
    thisDevice: 'Это устройство',
    on: 'Включены',
    off: 'Выключены',
    offText: 'На этом устройстве уведомления выключены.',
    blocked: 'Запрещены в браузере',
    blockedText: 'Уведомления для этого адреса запрещены, и сам Набат снова спросить не может. Разрешить их можно так:',
    blockedChrome:
      'Нажмите на значок слева от адреса → «Настройки сайтов» → «Уведомления» → «Разрешить». В системе уведомления браузера тоже должны быть включены.',
    blockedYandex: 'Нажмите на значок слева от адреса → «Подробнее» → «Уведомления» → «Разрешено».',
    blockedFirefox:
      'Нажмите на перечёркнутый значок сообщения слева от адреса, снимите запрет «Отправка уведомлений» и обновите страницу.',
    blockedSafari: 'Safari → «Настройки» → «Веб-сайты» → «Уведомления»: выберите «Разрешить» для этого адреса.',
    blockedIos: '«Настройки» → «Уведомления» → «Набат»: включите «Допуск уведомлений».',
    insecure: 'Не могут работать без HTTPS',
    insecureText:
      'Браузеры дают уведомления только страницам, открытым по HTTPS, а эта открыта по адресу {{address}}. Попросите администратора настроить HTTPS или откройте Набат по адресу с https://.',
    homeScreen: 'Сначала на экран «Домой»',
    homeScreenText:
      'На iPhone и iPad уведомления приходят только приложениям с экрана «Домой». Нужна iOS 16.4 или новее.',
    homeScreen1: 'Откройте Набат в Safari и нажмите «Поделиться».',
    homeScreen2: 'Выберите «На экран „Домой“» и нажмите «Добавить».',
    homeScreen3: 'Откройте Набат с экрана «Домой», войдите и включите уведомления.',
    private: 'В этом окне невозможны',
    privateText:
      'Браузер ничего не хранит в этом окне, поэтому уведомлять здесь некого. Откройте Набат в обычном, не приватном, окне.',
    tooOld: 'Браузер их не умеет',
    tooOldText:
      'Этот браузер не умеет показывать уведомления закрытых страниц. Подойдут новые Chrome, Edge, Яндекс Браузер, Firefox и Safari.',
    devices: 'Устройства',
    none: 'Пока ни на одном устройстве уведомления не включены.',
    here: 'это',
    added: 'Включено',
    used: 'было на связи',
    rename: 'Переименовать',
    renameOf: 'Переименовать: {{device}}',
    newTitle: 'Название устройства',
    test: 'Проверить',
    testOf: 'Проверить: {{device}}',
    switchOff: 'Выключить',
    switchOffOf: 'Выключить уведомления: {{device}}',
    switchedOff: 'Уведомления на это устройство больше не приходят',
  },
  {
    offer: 'Show notifications on this device?',
    offerWhy:
      'Nabat will tell you of what concerns you, even while this page is closed. After “Switch on” the browser asks for permission.',
    switchOn: 'Switch on',
    notNow: 'Not now',
    switchedOn: 'Notifications are on: they will be shown here as well',
    dismissed: 'The browser closed its question without an answer. Press “Switch on” again and allow notifications.',
    notSubscribed:
      'The browser could not subscribe: it did not reach the push service of its vendor, or has none. Check the access to the internet ({{detail}}).',
    title: 'Notifications in the browser',
    text: 'They come to the devices of this list, even while Nabat is closed.',
    thisDevice: 'This device',
    on: 'On',
    off: 'Off',
    offText: 'Notifications are off on this device.',
    blocked: 'Blocked in the browser',
    blockedText:
      'Notifications are blocked for this address, and Nabat itself cannot ask again. This is how to allow them:',
    blockedChrome:
      'Press the icon to the left of the address → “Site settings” → “Notifications” → “Allow”. The system must let the browser show notifications, too.',
    blockedYandex: 'Press the icon to the left of the address → “Details” → “Notifications” → “Allowed”.',
    blockedFirefox:
      'Press the crossed-out message icon to the left of the address, take away the block of “Send notifications” and reload.',
    blockedSafari: 'Safari → “Settings” → “Websites” → “Notifications”: choose “Allow” for this address.',
    blockedIos: '“Settings” → “Notifications” → “Nabat”: switch “Allow Notifications” on.',
    insecure: 'Impossible without HTTPS',
    insecureText:
      'Browsers let only pages opened by HTTPS notify, and this one was opened at {{address}}. Ask the administrator to set up HTTPS, or open Nabat at its https:// address.',
    homeScreen: 'First to the Home Screen',
    homeScreenText:
      'On iPhone and iPad only applications on the Home Screen get notifications. iOS 16.4 or later is needed.',
    homeScreen1: 'Open Nabat in Safari and press “Share”.',
    homeScreen2: 'Choose “Add to Home Screen” and press “Add”.',
    homeScreen3: 'Open Nabat from the Home Screen, sign in, and switch notifications on.',
    private: 'Impossible in this window',
    privateText:
      'The browser keeps nothing in this window, so there is nobody to notify. Open Nabat in an ordinary window, not a private one.',
    tooOld: 'The browser cannot',
    tooOldText:
      'This browser cannot show notifications of closed pages. Current Chrome, Edge, Yandex Browser, Firefox and Safari can.',
    devices: 'Devices',
    none: 'Notifications are not on on any device yet.',
    here: 'this one',
    added: 'Since',
    used: 'last here',
    rename: 'Rename',
    renameOf: 'Rename: {{device}}',
    newTitle: 'Name of the device',
    test: 'Test',
    testOf: 'Test: {{device}}',
    switchOff: 'Switch off',
    switchOffOf: 'Switch off: {{device}}',
    switchedOff: 'No notifications come to this device any more',
  },
)
