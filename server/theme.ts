/** Whether pages are light or dark: a cookie, so that the server knows it and nothing flashes. */

import { cookieOf } from "./cookies.ts";

/** `auto`: as the browser is. */
export const THEMES = ["auto", "light", "dark"] as const;
/** Whether pages are light or dark. */
export type Theme = typeof THEMES[number];

/** Name of the cookie. */
export const THEME_COOKIE = "theme";

/** What a request's visitor has chosen. */
export function themeOf(request: Request): Theme {
  const value = cookieOf(request, THEME_COOKIE);
  return THEMES.find((theme) => theme === value) ?? "auto";
}
