/**
 * The nonce of this page: styles written at run time carry it, or the content security policy refuses them. Empty where
 * there is no policy.
 */
export const pageNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
