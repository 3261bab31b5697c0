export type Language = 'en' | 'hi';

/** The words of one part of the console in every language. A language that lacks one of them does not compile. */
export type InBoth<Words> = Record<Language, Words>;

/** The language a habit or a browser asks for (`hi-IN`), English where it is one we do not speak. */
export function languageOf(asked: string | null | undefined): Language {
  return asked?.toLowerCase().startsWith('hi') ? 'hi' : 'en';
}
