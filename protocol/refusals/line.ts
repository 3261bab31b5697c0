/** One sentence in every language; `{name}` is a param, `{state:order}` one that is the state of an order. */
export type Lines = Readonly<Record<string, Readonly<Record<'en' | 'hi', string>>>>;
