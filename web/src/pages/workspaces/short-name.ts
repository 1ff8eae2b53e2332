const LATIN: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l', м: 'm', н: 'n',
  о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y',
  ь: '', э: 'e', ю: 'yu', я: 'ya',
} // prettier-ignore
/** Forms of companies say nothing in a short name. */
const FORMS = /^(ооо|оао|зао|пао|ао|ип|гк|тсж|ук)\s+/

/** A short name for a company: «ООО «Видео-Сервис»» → `video-servis`. Empty when nothing is left of the title. */
export const shortNameOf = (title: string): string =>
  Array.from(title.toLowerCase().replace(FORMS, ''))
    .map((letter) => LATIN[letter] ?? letter)
    .join('')
    .replaceAll(/[«»"'„“]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 62)
