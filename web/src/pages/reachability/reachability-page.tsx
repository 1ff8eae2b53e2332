import { NoPage } from '../../shell/no-page.tsx'

/** Being built. */
export const ReachabilityPage = NoPage
