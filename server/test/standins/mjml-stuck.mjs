// A compiler of letters that hangs, or dies, by what it is given.
process.on('message', ({ id, source }) => {
  if (source.includes('stuck')) for (;;);
  if (source.includes('dies')) process.exit(3)
  process.send({ id, html: 'fine', mistakes: [] })
})
process.on('disconnect', () => process.exit(0))
process.send({ ready: true })
