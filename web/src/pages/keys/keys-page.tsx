import { NoPage } from '../../shell/no-page.tsx'

/** Being built. */
export const KeysPage = NoPage
