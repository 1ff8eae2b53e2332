// A compiler of letters that tries what it may not do, and tells what came of it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const tried = (act) => {
  try {
    act()
    return 'done'
  } catch (error) {
    return error.code
  }
}
process.on('message', ({ id }) => {
  const html = JSON.stringify({
    passwd: tried(() => readFileSync('/etc/passwd')),
    spawn: tried(() => spawnSync('true')),
    env: Object.keys(process.env).filter((name) => !name.startsWith('NODE_CHANNEL')),
  })
  process.send({ id, html, mistakes: [] })
})
process.on('disconnect', () => process.exit(0))
process.send({ ready: true })
