/** Whether pages are light or dark: one for all parts of a page that show or change it. */

import { signal } from "@preact/signals";
import { announce } from "../announce.ts";
import { keepCookie } from "./cookies.ts";

/** Light, dark, or as the system is. */
export type Theme = "auto" | "light" | "dark";

/** In the order in which they are offered. */
export const THEMES = ["auto", "light", "dark"] as const satisfies readonly Theme[];

/** As people say them. */
export const THEME_WORDS: { readonly [theme in Theme]: string } = {
  auto: "as the system",
  light: "light",
  dark: "dark",
};

/** What was chosen on this page; null: nothing yet, so it is what the server has said. */
export const chosenTheme = signal<Theme | null>(null);

/** Shows the page so, and keeps it. */
export function chooseTheme(to: Theme): void {
  chosenTheme.value = to;
  keepCookie("theme", to);
  if (to === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = to;
  announce(`Theme: ${THEME_WORDS[to]}`);
}
