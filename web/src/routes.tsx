import { Navigate, type RouteObject } from 'react-router'
import { useEntities } from './data/entities.ts'
import { useSignedIn } from './data/session.ts'
import { PAGES, type Page } from './pages.ts'
import { Broken } from './shell/broken.tsx'
import { Loading } from './components/loading.tsx'
import { NoPage } from './shell/no-page.tsx'
import { Shell } from './shell/shell.tsx'
import { maySee, PageFrame } from './shell/page-frame.tsx'

const routeOf = (page: Page): RouteObject => ({
  path: page.path,
  lazy: async () => {
    const Content = await page.load()
    return {
      Component: () => (
        <PageFrame page={page}>
          <Content />
        </PageFrame>
      ),
    }
  },
})

/** The first page that somebody may see; of a workspace that tells nobody of anything yet, the first steps. */
function Home() {
  const session = useSignedIn()
  const setsUp = session.permissions.includes('configuration.write')
  const { data: rules, isPending } = useEntities('rules', setsUp)
  if (setsUp && isPending) return <Loading />
  const first = PAGES.find((page) => page.nav !== undefined && maySee(page, session))
  return <Navigate to={rules?.length === 0 ? '/start' : (first?.path ?? '/account')} replace />
}

const outside = (path: string, load: () => Promise<React.ComponentType>): RouteObject => ({
  path,
  lazy: async () => ({ Component: await load() }),
})

/** What stands at which address. */
export const routes: RouteObject[] = [
  {
    errorElement: <Broken />,
    HydrateFallback: Loading,
    children: [
      outside('/sign-in', () => import('./pages/sign-in/sign-in-page.tsx').then(({ SignInPage }) => SignInPage)),
      outside('/forgot', () => import('./pages/sign-in/forgot-page.tsx').then(({ ForgotPage }) => ForgotPage)),
      ...['/setup/:token', '/invitation/:token', '/reset/:token'].map((path) =>
        outside(path, () => import('./pages/sign-in/link-page.tsx').then(({ LinkPage }) => LinkPage)),
      ),
      {
        path: '/',
        element: <Shell />,
        children: [
          {
            errorElement: <Broken />,
            children: [{ index: true, element: <Home /> }, ...PAGES.map(routeOf), { path: '*', element: <NoPage /> }],
          },
        ],
      },
    ],
  },
]
