// A browser older than what the console is built for (vite.config.ts) gets words in place of a page that works by halves.
// Written in what every browser reads; it runs before the console does, which draws nothing where `root` is gone.
;(function () {
  var supported = typeof CSS !== 'undefined' && CSS.supports && CSS.supports('color', 'light-dark(#000, #fff)')
  if (supported) return
  var says = [
    ['ru', 'h1', 'Этот браузер слишком старый для Набата'],
    [
      'ru',
      'p',
      'Подойдут Chrome, Edge и Яндекс Браузер с версии 123, Firefox с версии 120, Safari с версии 17.5 (на iPhone и iPad — с iOS 17.5). Обновите браузер или откройте Набат в другом.',
    ],
    [
      'ru',
      'p',
      'Уведомления продолжают приходить туда, куда приходили: в Telegram, на почту, в Mattermost. От браузера зависит только эта страница.',
    ],
    ['en', 'h2', 'This browser is too old for Nabat'],
    [
      'en',
      'p',
      'Chrome, Edge and Yandex Browser from version 123, Firefox from 120 and Safari from 17.5 (iOS 17.5 on iPhone and iPad) will do. Update the browser, or open Nabat in another.',
    ],
    [
      'en',
      'p',
      'Notifications keep arriving by Telegram, e-mail and Mattermost: only this page depends on the browser.',
    ],
  ]
  var main = document.createElement('main')
  main.style.maxWidth = '40em'
  main.style.margin = '2em auto'
  main.style.padding = '0 1em'
  main.style.fontFamily = 'sans-serif'
  main.style.lineHeight = '1.5'
  for (var index = 0; index < says.length; index++) {
    var part = document.createElement(says[index][1])
    part.lang = says[index][0]
    part.appendChild(document.createTextNode(says[index][2]))
    main.appendChild(part)
  }
  document.body.replaceChild(main, document.getElementById('root'))
  document.title = 'Набат'
})()
