import type { Text } from '@nabat/api/text.ts'

/** A filter or tag as an editor offers it. */
export interface Hint {
  readonly name: string
  /** What is written. */
  readonly insert: string
  readonly title: Text
}

const hint = (name: string, insert: string, ru: string, en: string): Hint => ({ name, insert, title: { ru, en } })

/** The filters people need; all of LiquidJS's work. */
export const FILTER_HINTS: readonly Hint[] = [
  hint('date', '| date: "%d.%m.%Y %H:%M"', 'Время на часах получателя', 'Time on the clock of the reader'),
  hint('default', '| default: "—"', 'Что писать, если пусто', 'What to say where there is nothing'),
  hint('truncate', '| truncate: 100', 'Не длиннее стольких знаков', 'No longer than so many characters'),
  hint('join', '| join: ", "', 'Список через запятую', 'A list in one line'),
  hint('size', '| size', 'Сколько знаков или элементов', 'How many characters or entries'),
  hint('first', '| first', 'Первый из списка', 'The first of a list'),
  hint('last', '| last', 'Последний из списка', 'The last of a list'),
  hint('map', '| map: "title"', 'Одно поле каждого из списка', 'One field of each in a list'),
  hint('where', '| where: "status", "open"', 'Те из списка, у кого поле такое', 'Those of a list with this value'),
  hint('sort', '| sort: "title"', 'Список по порядку', 'A list in order'),
  hint('upcase', '| upcase', 'ЗАГЛАВНЫМИ', 'IN CAPITALS'),
  hint('downcase', '| downcase', 'строчными', 'in small letters'),
  hint('capitalize', '| capitalize', 'С заглавной буквы', 'With a capital letter'),
  hint('strip', '| strip', 'Без пробелов по краям', 'Without spaces around'),
  hint('replace', '| replace: "a", "b"', 'Заменить одно на другое', 'One text for another'),
  hint('remove', '| remove: "a"', 'Убрать', 'Without a text'),
  hint('append', '| append: " м"', 'Дописать в конце', 'Add at the end'),
  hint('prepend', '| prepend: "№ "', 'Дописать в начале', 'Add at the beginning'),
  hint('split', '| split: ","', 'Строку в список', 'A text into a list'),
  hint('newline_to_br', '| newline_to_br', 'Переводы строк для письма', 'Line breaks for a letter'),
  hint('strip_html', '| strip_html', 'Без тегов', 'Without tags'),
  hint('escape', '| escape', 'Для HTML (само собой в тексте и письме)', 'For HTML (done anyway in text and letter)'),
  hint('url_encode', '| url_encode', 'Для адреса ссылки', 'For the address of a link'),
  hint('round', '| round: 1', 'Округлить', 'Round'),
  hint('floor', '| floor', 'Округлить вниз', 'Round down'),
  hint('ceil', '| ceil', 'Округлить вверх', 'Round up'),
  hint('plus', '| plus: 1', 'Прибавить', 'Add'),
  hint('minus', '| minus: 1', 'Вычесть', 'Subtract'),
  hint('times', '| times: 100', 'Умножить', 'Multiply'),
  hint('divided_by', '| divided_by: 60', 'Разделить', 'Divide'),
  hint('modulo', '| modulo: 60', 'Остаток', 'Remainder'),
]

/** The tags people need. */
export const TAG_HINTS: readonly Hint[] = [
  hint('if', '{% if event.data.x %}…{% endif %}', 'Если есть', 'If it is there'),
  hint('if blank', '{% if event.data.x != blank %}…{% endif %}', 'Если не пусто', 'If it is not empty'),
  hint('else', '{% else %}', 'Иначе', 'Else'),
  hint('elsif', '{% elsif event.severity == "critical" %}', 'Иначе если', 'Else if'),
  hint('unless', '{% unless event.data.x %}…{% endunless %}', 'Если нет', 'Unless it is there'),
  hint(
    'case',
    '{% case event.severity %}{% when "critical" %}…{% else %}…{% endcase %}',
    'По значению',
    'By its value',
  ),
  hint(
    'for',
    '{% for item in event.data.list %}{{ item }}\n{% endfor %}',
    'Для каждого из списка',
    'For each of a list',
  ),
  hint('assign', '{% assign name = event.data.x | default: "—" %}', 'Своё имя значению', 'A name for a value'),
  hint('capture', '{% capture name %}…{% endcapture %}', 'Своё имя куску текста', 'A name for a piece of text'),
  hint('comment', '{% comment %}…{% endcomment %}', 'Заметка для себя', 'A note to oneself'),
  hint('raw', '{% raw %}{{ }}{% endraw %}', 'Скобки как есть', 'Braces as they are'),
]
