// Sets the colours before anything is drawn, so that a dark screen never flashes white. A file of its own, because the
// page's content policy allows no inline script. The key is the one Mantine keeps its choice under.
(() => {
  let stored = null;
  try {
    stored = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // No storage: the system decides.
  }
  const isDark =
    stored === 'light' || stored === 'dark' ? stored === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
