/** Hands a file to the browser, as its own download. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has taken its hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** The name that the daemon gave a file. */
export function nameOf(answer: Response, otherwise: string): string {
  return /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? otherwise;
}

/** A cell of a table in text (RFC 4180); what a spreadsheet would run as a formula has an apostrophe before it. */
export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
