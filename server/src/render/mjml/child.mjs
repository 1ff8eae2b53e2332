// MJML in a process of its own: it takes 70 MB that nobody needs most of the time, and what it is given was written by
// people. The process has no settings, no network library and may read nothing but its own modules (compiler.ts).
import mjml from 'mjml'

const OPTIONS = { fonts: {}, validationLevel: 'soft', ignoreIncludes: true, keepComments: false }

const compile = async ({ id, source, longest }) => {
  try {
    const { html, errors } = await mjml(source, OPTIONS)
    if (html.length > longest) throw new Error(`it comes to ${html.length} characters, and ${longest} is the most`)
    const mistakes = errors.map(({ line, message, tagName }) => ({ line, message, tag: tagName }))
    process.send({ id, html, mistakes })
  } catch (error) {
    process.send({ id, html: null, mistakes: [{ line: 1, message: String(error?.message ?? error), tag: '' }] })
  }
}
process.on('message', (asked) => void compile(asked))
process.on('disconnect', () => process.exit(0))
process.send({ ready: true })
