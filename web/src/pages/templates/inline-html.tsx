import { createElement, Fragment, type ReactNode } from 'react'
import classes from './preview.module.css'

const SHOWN: ReadonlySet<string> = new Set(['b', 'i', 'u', 's', 'code', 'pre', 'blockquote'])

/**
 * The inline HTML of a short message. Only the tags that messengers know become elements, without their attributes; whatever
 * else there should be is shown as its text, so that nothing in it can act.
 */
export function InlineHtml({ html }: { readonly html: string }) {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return <div className={classes['inline']}>{nodesOf(body)}</div>
}

function nodesOf(parent: Node): ReactNode[] {
  return Array.from(parent.childNodes, (node, index) => {
    if (!(node instanceof Element)) return <Fragment key={index}>{node.nodeValue}</Fragment>
    const name = node.localName
    if (name === 'br') return <br key={index} />
    // Of a link only how it looks: a preview leads nowhere.
    if (name === 'a')
      return (
        <span key={index} className={classes['link']} title={node.getAttribute('href') ?? undefined}>
          {nodesOf(node)}
        </span>
      )
    return createElement(SHOWN.has(name) ? name : 'span', { key: index }, ...nodesOf(node))
  })
}
