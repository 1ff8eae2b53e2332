/** A letter taken apart: enough of MIME for tests to look at what a reader would see. */
export interface ParsedLetter {
  /** By lower-case name; decoded, unfolded; several of one name are joined by a newline. */
  readonly headers: ReadonlyMap<string, string>
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachments: readonly { readonly name: string; readonly mediaType: string; readonly content: Buffer }[]
}

interface Part {
  readonly headers: Map<string, string>
  readonly body: Buffer
}

const decode = (bytes: Buffer, charset: string): string => new TextDecoder(charset).decode(bytes)

function quotedPrintable(text: string): Buffer {
  const joined = text.replace(/=\r?\n/g, '')
  return Buffer.from(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

/** RFC 2047 words of a header; the white space between two of them is not part of the text. */
function headerText(raw: string): string {
  const utf8 = Buffer.from(raw, 'latin1').toString('utf8')
  return utf8
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?([^?]+)\?([QqBb])\?([^?]*)\?=/g, (_all, charset: string, encoding: string, word: string) =>
      decode(
        /b/i.test(encoding) ? Buffer.from(word, 'base64') : quotedPrintable(word.replaceAll('_', ' ')),
        charset.toLowerCase(),
      ),
    )
}

function partOf(raw: Buffer): Part {
  const text = raw.toString('latin1')
  const gap = /\r?\n\r?\n/.exec(text)
  const head = gap === null ? text : text.slice(0, gap.index)
  const headers = new Map<string, string>()
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = headerText(line.slice(colon + 1).trim())
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return { headers, body: gap === null ? Buffer.alloc(0) : raw.subarray(gap.index + gap[0].length) }
}

/** A parameter of a structured header, with the continuations and the percent-encoding of RFC 2231. */
function parameter(header: string, name: string): string | undefined {
  const pieces = [...header.matchAll(/;\s*([\w-]+)(\*\d+)?(\*)?=(?:"([^"]*)"|([^;\s]*))/g)].filter(
    (match) => match[1]?.toLowerCase() === name,
  )
  if (pieces.length === 0) return undefined
  const value = pieces.map((match) => match[4] ?? match[5] ?? '').join('')
  const encoded = /^utf-8'[^']*'(.*)$/is.exec(value)
  return encoded?.[1] === undefined ? value : decodeURIComponent(encoded[1])
}

function content(part: Part): Buffer {
  const encoding = (part.headers.get('content-transfer-encoding') ?? '').toLowerCase()
  const text = part.body.toString('latin1')
  if (encoding === 'base64') return Buffer.from(text, 'base64')
  return encoding === 'quoted-printable' ? quotedPrintable(text) : part.body
}

function leaves(part: Part): Part[] {
  const type = part.headers.get('content-type') ?? 'text/plain'
  const boundary = /^multipart\//i.test(type) ? parameter(type, 'boundary') : undefined
  if (boundary === undefined) return [part]
  const pieces = part.body.toString('latin1').split(`--${boundary}`).slice(1, -1)
  return pieces.flatMap((piece) => leaves(partOf(Buffer.from(piece.replace(/^\r?\n|\r?\n$/g, ''), 'latin1'))))
}

/** Takes a letter apart. */
export function parseLetter(raw: Buffer): ParsedLetter {
  const top = partOf(raw)
  let text = ''
  let html = ''
  const attachments: { name: string; mediaType: string; content: Buffer }[] = []
  for (const leaf of leaves(top)) {
    const type = leaf.headers.get('content-type') ?? 'text/plain'
    const mediaType = (type.split(';')[0] ?? '').trim().toLowerCase()
    const disposition = leaf.headers.get('content-disposition') ?? ''
    const name = parameter(disposition, 'filename') ?? parameter(type, 'name')
    if (/^attachment/i.test(disposition)) attachments.push({ name: name ?? '', mediaType, content: content(leaf) })
    else if (mediaType === 'text/plain') text += decode(content(leaf), parameter(type, 'charset') ?? 'utf-8')
    else if (mediaType === 'text/html') html += decode(content(leaf), parameter(type, 'charset') ?? 'utf-8')
  }
  return { headers: top.headers, subject: top.headers.get('subject') ?? '', text, html, attachments }
}
