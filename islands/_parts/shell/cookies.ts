/** Cookies by which the server knows how pages are to be drawn. */

/** Keeps a value for a year. */
export function keepCookie(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

/** The value that is kept; null: none. */
export function keptValue(name: string): string | null {
  const pair = document.cookie.split(/; */).find((each) => each.startsWith(`${name}=`));
  if (pair === undefined) return null;
  try {
    return decodeURIComponent(pair.slice(name.length + 1));
  } catch {
    return null;
  }
}
