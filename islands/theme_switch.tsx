/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Light, dark, or as the system is. A form: without JavaScript the server sets the cookie. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./_parts/announce.ts";
import { registerCommands } from "./_parts/shell/commands.ts";
import { keepCookie } from "./_parts/shell/cookies.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";

type Theme = "auto" | "light" | "dark";

const NEXT: { readonly [theme in Theme]: Theme } = { auto: "light", light: "dark", dark: "auto" };
const WORDS: { readonly [theme in Theme]: string } = { auto: "as the system", light: "light", dark: "dark" };

/** What the switch is told. */
export interface ThemeSwitchProps {
  readonly theme: Theme;
  /** Where the server leads back to. */
  readonly back: string;
}

/** The switch. */
export default function ThemeSwitch({ theme: given, back }: ThemeSwitchProps): VNode {
  const [theme, setTheme] = useState(given);
  // Who clicks twice at once goes two steps, drawn or not.
  const latest = useRef(given);
  const change = (to: Theme) => {
    latest.current = to;
    keepCookie("theme", to);
    if (to === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = to;
    setTheme(to);
    announce(`Theme: ${WORDS[to]}`);
  };
  useEffect(() =>
    registerCommands((["auto", "light", "dark"] as const).map((each) => ({
      id: `theme-${each}`,
      title: `Theme: ${WORDS[each]}`,
      run: () => change(each),
    }))), []);
  return (
    <form
      method="post"
      action="/theme"
      onSubmit={(event) => {
        event.preventDefault();
        change(NEXT[latest.current]);
      }}
    >
      <input type="hidden" name="back" value={back} />
      <button
        class="quiet icon"
        type="submit"
        name="theme"
        value={NEXT[theme]}
        title={`Theme: ${WORDS[theme]}`}
        aria-label={`Theme: ${WORDS[theme]}. Change to ${WORDS[NEXT[theme]]}`}
      >
        <ShellIcon name={theme} />
      </button>
    </form>
  );
}
