/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Light, dark, or as the system is. A form: without JavaScript the server sets the cookie. */

import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { registerCommands } from "./_parts/shell/commands.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { chooseTheme, chosenTheme, type Theme, THEME_WORDS, THEMES } from "./_parts/shell/theme.ts";

const NEXT: { readonly [theme in Theme]: Theme } = { auto: "light", light: "dark", dark: "auto" };

/** What the switch is told. */
export interface ThemeSwitchProps {
  readonly theme: Theme;
  /** Where the server leads back to. */
  readonly back: string;
}

/** The switch. */
export default function ThemeSwitch({ theme: given, back }: ThemeSwitchProps): VNode {
  const theme = chosenTheme.value ?? given;
  useEffect(() =>
    registerCommands(THEMES.map((each) => ({
      id: `theme-${each}`,
      title: `Theme: ${THEME_WORDS[each]}`,
      run: () => chooseTheme(each),
    }))), []);
  return (
    <form
      method="post"
      action="/theme"
      onSubmit={(event) => {
        event.preventDefault();
        // Who clicks twice at once goes two steps, drawn or not.
        chooseTheme(NEXT[chosenTheme.peek() ?? given]);
      }}
    >
      <input type="hidden" name="back" value={back} />
      <button
        class="quiet icon"
        type="submit"
        name="theme"
        value={NEXT[theme]}
        title={`Theme: ${THEME_WORDS[theme]}`}
        aria-label={`Theme: ${THEME_WORDS[theme]}. Change to ${THEME_WORDS[NEXT[theme]]}`}
      >
        <ShellIcon name={theme} />
      </button>
    </form>
  );
}
