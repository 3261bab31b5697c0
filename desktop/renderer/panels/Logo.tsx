/** A flame that is also a way with a place at its end. */
export function Logo() {
  return (
    <svg className="logo" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        className="flame"
        d="M12.4 1.5c.7 3.1-.7 4.8-2.6 6.8C7.7 10.5 5 12.6 5 16.1a7 7 0 0 0 14 .1c0-2.8-1.3-4.8-2.7-6.2-.2 1.5-.9 2.5-2 3 .5-4.3-.4-8.8-1.9-11.5Z"
      />
      <path className="way" d="M12 20.4c-2.2 0-3.3-1.5-3.3-3.1 0-2.6 3.5-2.6 3.5-5" />
      <circle className="place" cx="12" cy="20.3" r="1.7" />
    </svg>
  );
}
