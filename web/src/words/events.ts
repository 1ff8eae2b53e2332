import { words } from '../i18n.ts'

/** Events and the way each took. */
export const eventWords = words(
  'events',
  {
    text: 'Всё, что случилось, и кто об этом узнал. Новые сверху.',
    empty: 'Событий пока нет',
    emptyText: 'Они появятся, когда оборудование или программа пришлёт их по HTTP. Как — в справке по API.',
    nothingFits: 'Ничего не подходит',
    nothingFitsText: 'Смягчите отбор или выберите другой срок.',
    type: 'Тип события',
    category: 'Категория',
    severity: 'Важность',
    subject: 'О чём',
  },
  {
    text: 'Everything that happened, and who was told. The newest first.',
    empty: 'No events yet',
    emptyText: 'They appear when equipment or a program posts them over HTTP. The API reference says how.',
    nothingFits: 'Nothing fits',
    nothingFitsText: 'Loosen the filters or choose another time.',
    type: 'Event type',
    category: 'Category',
    severity: 'Severity',
    subject: 'Subject',
  },
)
