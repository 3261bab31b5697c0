import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { errorText, type FieldError, placeErrors, type Trouble, troubleOf } from './problem.ts';

/** Texts and ticks, by the path that the field has in the body: `name`, `capacity/full`. */
export type Values = Record<string, string | boolean>;

export interface Form<V extends Values> {
  values: V;
  set<N extends keyof V & string>(name: N, value: V[N]): void;
  errorOf(name: string): string | undefined;
  busy: boolean;
  /** what is wrong beyond single fields */
  problem: string | undefined;
  /** the change came too late; there is a newer state */
  isConflict: boolean;
  takeTheirs(): void;
  keepMine(): void;
  submit(event?: FormEvent): void;
  element: RefObject<HTMLFormElement | null>;
  changed: boolean;
}

interface FormOptions<T, V extends Values, A> {
  /** what is being changed; absent: something new */
  thing?: T | undefined;
  from: (thing: T | undefined) => V;
  /** `version`: what was seen, for If-Match */
  send: (values: V, version: number | undefined) => Promise<A>;
  done: (answer: A) => void;
  /** where the daemon's names differ from the form's */
  renamed?: Readonly<Record<string, string>>;
}

const versionOf = (thing: unknown): number | undefined => (thing as { version?: number } | undefined)?.version;

/** A form that sends itself once at a time, puts the daemon's errors to their fields, and knows of stale changes. */
export function useForm<T, V extends Values, A = unknown>(options: FormOptions<T, V, A>): Form<V> {
  const { thing, from, send, done, renamed = {} } = options;
  const [values, setValues] = useState(() => from(thing));
  const [version, setVersion] = useState(() => versionOf(thing));
  const [busy, setBusy] = useState(false);
  const [changed, setChanged] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const element = useRef<HTMLFormElement>(null);

  const errors = (trouble?.errors ?? []).map((error) => renamedError(error, renamed));
  const { at, rest } = placeErrors(errors, Object.keys(values));
  useEffect(() => {
    if (trouble === undefined) return;
    element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [trouble]);

  const carryOut = (of: number | undefined) => {
    if (busy) return;
    setBusy(true);
    setTrouble(undefined);
    send(values, of).then(
      (answer) => {
        setBusy(false);
        setChanged(false);
        done(answer);
      },
      (error) => {
        setBusy(false);
        setTrouble(troubleOf(error));
      },
    );
  };
  const current = trouble?.current as T | undefined;
  const inWords = rest.map(errorText);
  return {
    values,
    set(name, value) {
      setValues((before) => ({ ...before, [name]: value }));
      setChanged(true);
    },
    errorOf(name) {
      const error = at.get(name);
      return error === undefined ? undefined : errorText(error);
    },
    busy,
    // What stands at the fields need not be said again above them.
    problem: trouble === undefined || (at.size > 0 && rest.length === 0) ? undefined : (inWords[0] ?? trouble.text),
    isConflict: current !== undefined,
    takeTheirs() {
      setValues(from(current));
      setVersion(versionOf(current));
      setTrouble(undefined);
      setChanged(false);
    },
    keepMine() {
      setVersion(versionOf(current));
      carryOut(versionOf(current));
    },
    submit(event) {
      event?.preventDefault();
      carryOut(version);
    },
    element,
    changed,
  };
}

function renamedError(error: FieldError, renamed: Readonly<Record<string, string>>): FieldError {
  const path = error.path.replace(/^\//, '');
  const [from, to] = Object.entries(renamed).find(([name]) => path === name || path.startsWith(`${name}/`)) ?? [];
  return from === undefined ? error : { ...error, path: `/${to}${path.slice(from.length)}` };
}

/** A text as the daemon takes it: without spaces around; nothing where there is none. */
export const given = (value: string): string | undefined => value.trim() || undefined;
export const givenOrNull = (value: string): string | null => value.trim() || null;

/** A number as a person types it; what is none goes as it is, so that the daemon names the field. */
export function numberGiven(value: string): number | undefined {
  const text = value.trim().replace(',', '.');
  if (text === '') return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? (text as unknown as number) : number;
}
export const numberOrNull = (value: string): number | null => numberGiven(value) ?? null;

/** The fields that have a value. */
export function without<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
