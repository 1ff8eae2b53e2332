import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'
import { say } from './i18n.ts'
import { shellWords } from './words/shell.ts'

/** Calm blue of what can be clicked. Red, orange and green belong to what has happened: they are nowhere else. */
const bell: MantineColorsTuple = [
  '#edf2ff',
  '#d9e2fb',
  '#b0c3f3',
  '#84a1ec',
  '#7898ec',
  '#3f6be0',
  '#1f4fd8',
  '#1b46c1',
  '#163cab',
  '#0a3296',
]

const closing = () => ({ 'aria-label': say(shellWords, 'close') })

/** How the console looks. */
export const theme = createTheme({
  primaryColor: 'bell',
  primaryShade: { light: 6, dark: 5 },
  colors: { bell },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Of a dialog: its header is no header of the page. Crosses say what they do.
  components: {
    ModalHeader: { defaultProps: { role: 'none' } },
    ModalCloseButton: { defaultProps: closing },
    DrawerHeader: { defaultProps: { role: 'none' } },
    DrawerCloseButton: { defaultProps: closing },
    Notification: { defaultProps: () => ({ closeButtonProps: closing() }) },
  },
})

/** Mantine's own greys and reds have too little contrast for small text (WCAG 2.2, 1.4.3). */
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6470',
    '--mantine-color-placeholder': '#6b7480',
    '--mantine-color-error': '#c0261c',
    '--mantine-color-yellow-light-color': '#7a4d00',
    '--mantine-color-red-light-color': '#b0201a',
    '--mantine-color-red-filled': '#c0261c',
    '--mantine-color-red-filled-hover': '#a81f16',
  },
  dark: {
    '--mantine-color-dimmed': '#a2abb8',
    '--mantine-color-placeholder': '#98a1ae',
    '--mantine-color-error': '#ff8b82',
    '--mantine-color-red-filled': '#c0261c',
    '--mantine-color-red-filled-hover': '#a81f16',
  },
})
