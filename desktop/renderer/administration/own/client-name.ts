/** The program and system in a User-Agent, as people call them: `Chrome, Windows`; undefined: it names none we know. */
export function clientName(agent: string): string | undefined {
  const program = [
    [/Electron\//, 'Vantrail'],
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/SamsungBrowser\//, 'Samsung Internet'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ].find(([sign]) => (sign as RegExp).test(agent))?.[1] as string | undefined;
  const system = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ].find(([sign]) => (sign as RegExp).test(agent))?.[1] as string | undefined;
  return program === undefined ? undefined : [program, system].filter(Boolean).join(', ');
}
