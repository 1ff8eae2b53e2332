import { nameFolder } from './postgres.ts'

/**
 * Called by vitest before the first test: names the folder in which the first test that needs it starts PostgreSQL. Gives
 * what is to be called after the last.
 */
export default nameFolder
