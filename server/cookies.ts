/** Cookies that pages set themselves: how they are shown, never who asks. */

/** The value of a cookie, decoded; null: there is none. */
export function cookieOf(request: Request, name: string): string | null {
  const cookies = request.headers.get("cookie") ?? "";
  for (const pair of cookies.split(/; */)) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at) === name) return decoded(pair.slice(at + 1));
  }
  return null;
}

/** The `Set-Cookie` that keeps it for a year. It is for pages to read and write: nothing secret goes there. */
export function keptCookie(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not written by a page of ours.
    return null;
  }
}
