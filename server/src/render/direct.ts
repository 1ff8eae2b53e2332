/*
 * Liquid without generators. LiquidJS evaluates every token as a generator, so that a template may wait for something; in
 * ours nothing ever waits, and that machinery made the words of one message cost as much as posting it (60 µs; now 12).
 * What most templates consist of is evaluated here directly and means the same: text, outputs, if, case, property paths,
 * comparisons. All else, and everything that goes wrong, is left to LiquidJS itself, whose words people then read.
 */
import {
  CaseTag,
  evalToken,
  IfTag,
  LiquidError,
  Output,
  toValue,
  toValueSync,
  TypeGuards,
  Value,
  type Context,
  type Filter,
  type Liquid,
  type Template,
  type Token,
} from 'liquidjs'

interface Emitter {
  buffer: string
  write(html: unknown): void
}

type Renderer = {
  renderTemplates: (templates: readonly Template[], context: Context, emitter?: Emitter) => unknown
}

/** The parts of LiquidJS's classes that its types keep to themselves. */
interface Inner {
  readonly html: { readonly str?: unknown }
  readonly filter: { readonly handler: (this: object, ...values: unknown[]) => unknown; readonly token: Token }
  readonly branch: { readonly value: Value; readonly templates: Template[] }
  readonly scopes: { findScope(name: string): unknown }
  readonly when: { readonly values: Token[]; readonly templates: Template[] }
}

/** Lets an engine render directly. */
export function renderDirectly(engine: Liquid): void {
  const renderer = engine.renderer as unknown as Renderer
  const theirs = renderer.renderTemplates.bind(renderer)
  const blank = (new Value('blank', engine).initial.postfix[0] as unknown as { content: object }).content
  const direct = new Direct(engine, theirs, blank.constructor)
  renderer.renderTemplates = (templates, context, emitter) => direct.render(templates, context, emitter)
}

class Direct {
  readonly #engine: Liquid
  readonly #theirs: Renderer['renderTemplates']
  /** The class of `blank`. */
  readonly #Blank: unknown

  constructor(engine: Liquid, theirs: Renderer['renderTemplates'], blank: unknown) {
    this.#engine = engine
    this.#theirs = theirs
    this.#Blank = blank
  }

  render(templates: readonly Template[], context: Context, emitter: Emitter = textEmitter()): string {
    // The body of a loop may be empty, and the loop long.
    if (templates.length === 0) context.renderLimit.check(performance.now())
    for (const template of templates) {
      const before = emitter.buffer
      try {
        context.renderLimit.check(performance.now())
        this.#one(template, context, emitter)
      } catch (error) {
        if (LiquidError.is(error)) throw error
        // LiquidJS does it over, to fail in its own words.
        emitter.buffer = before
        toValueSync(this.#theirs([template], context, emitter) as never)
      }
      if (context.breakCalled || context.continueCalled) break
    }
    return emitter.buffer
  }

  #one(template: Template, context: Context, emitter: Emitter): void {
    if (template instanceof Output) emitter.write(toValue(this.#value(template.value, context)))
    else if (template instanceof IfTag) this.#if(template, context, emitter)
    else if (template instanceof CaseTag) this.#case(template, context, emitter)
    else {
      const html = (template as Inner['html']).str
      if (typeof html === 'string') emitter.write(html)
      else {
        const made = toValueSync(template.render(context, emitter) as never)
        if (made) emitter.write(made)
      }
    }
  }

  #if(tag: IfTag, context: Context, emitter: Emitter): void {
    for (const { value, templates } of tag.branches as Inner['branch'][])
      if (isTrue(toValue(this.#value(value, context)))) return void this.render(templates, context, emitter)
    this.render(tag.elseTemplates ?? [], context, emitter)
  }

  #case(tag: CaseTag, context: Context, emitter: Emitter): void {
    const target = toValue(this.#value(tag.value, context))
    let hit = false
    for (const { values, templates } of tag.branches as unknown as Inner['when'][])
      if (values.some((value) => this.#equal(target, this.#operand(value, context)))) {
        this.render(templates, context, emitter)
        hit = true
      }
    if (!hit) this.render(tag.elseTemplates, context, emitter)
  }

  #value({ initial, filters }: Value, context: Context): unknown {
    const stack: unknown[] = []
    for (const token of initial.postfix)
      if (TypeGuards.isOperatorToken(token)) {
        const right = stack.pop()
        stack.push(
          token.operator === 'not'
            ? !isTrue(toValue(right))
            : this.#compare(token.operator, stack.pop(), right, context),
        )
      } else stack.push(this.#operand(token, context))
    let value = stack[0]
    for (const filter of filters) value = this.#filter(filter, value, context)
    return value
  }

  #filter(filter: Filter, value: unknown, context: Context): unknown {
    const { handler, token } = filter as unknown as Inner['filter']
    const values = [value]
    for (const argument of filter.args) {
      if (Array.isArray(argument)) return toValueSync(filter.render(value, context) as never)
      values.push(this.#operand(argument as Token, context))
    }
    return toValueSync(handler.apply({ context, token, liquid: this.#engine }, values) as never)
  }

  #operand(token: Token, context: Context): unknown {
    if ('content' in token) return token.content
    if (TypeGuards.isPropertyAccessToken(token) && !token.variable && !context.strictVariables) {
      let value: unknown
      for (const [index, prop] of token.props.entries()) {
        if (!('content' in prop)) return toValueSync(evalToken(token, context) as never)
        if (index === 0) value = (context as unknown as Inner['scopes']).findScope(prop.content as string)
        value = context.readProperty(value as object, prop.content as string)
      }
      return value
    }
    return toValueSync(evalToken(token as never, context) as never)
  }

  #compare(operator: string, left: unknown, right: unknown, context: Context): unknown {
    if (operator === '==') return this.#equal(left, right)
    if (operator === '!=') return !this.#equal(left, right)
    return toValueSync((context.opts.operators[operator] as (...of: unknown[]) => never)(left, right, context))
  }

  #equal(left: unknown, right: unknown): boolean {
    if (isPlain(left)) {
      if (isPlain(right)) return left === right
      if ((right as object).constructor === this.#Blank)
        return left === false || left === null || left === undefined || (typeof left === 'string' && !/\S/.test(left))
    }
    return toValueSync((this.#engine.options.operators['=='] as (...of: unknown[]) => never)(left, right))
  }
}

const isPlain = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function')

const isTrue = (value: unknown): boolean => value !== false && value !== undefined && value !== null

/** Characters that a template may write: more is no message, and soon all the memory there is. */
const MOST_WRITTEN = 4_000_000

/** Gathers what is rendered. */
function textEmitter(): Emitter {
  return {
    buffer: '',
    write(html) {
      this.buffer += text(html)
      if (this.buffer.length > MOST_WRITTEN) throw new Error('output limit exceeded')
    },
  }
}

function text(html: unknown): string {
  const value: unknown = toValue(html)
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  // An object is written as JavaScript writes it, since that is what LiquidJS does.
  return Array.isArray(value) ? value.map(text).join('') : String(value as unknown)
}
