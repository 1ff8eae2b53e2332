// Before the first paint, so that a dark console never flashes white. A file of its own: the page allows no inline scripts.
{
  const chosen = localStorage.getItem('mantine-color-scheme-value')
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  // The frame of the installed application goes by the choice as well.
  if (chosen === 'dark' || chosen === 'light')
    for (const colour of document.querySelectorAll('meta[name="theme-color"]'))
      colour.setAttribute('content', dark ? '#242424' : '#ffffff')
}
