/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The three themes side by side. A form: without JavaScript the server sets the cookie. */

import type { VNode } from "preact";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { chooseTheme, chosenTheme, type Theme, THEME_WORDS, THEMES } from "./_parts/shell/theme.ts";

/** What the choice is told. */
export interface ThemeChoiceProps {
  readonly theme: Theme;
  /** Where the server leads back to. */
  readonly back: string;
}

/** The choice. */
export default function ThemeChoice({ theme: given, back }: ThemeChoiceProps): VNode {
  const theme = chosenTheme.value ?? given;
  return (
    <form method="post" action="/theme">
      <input type="hidden" name="back" value={back} />
      <fieldset class="theme-choice">
        <legend class="visually-hidden">Theme</legend>
        {THEMES.map((each) => (
          <label key={each} class="theme-option">
            <input
              type="radio"
              name="theme"
              value={each}
              checked={each === theme}
              onChange={() => chooseTheme(each)}
            />
            <ShellIcon name={each} />
            {THEME_WORDS[each]}
          </label>
        ))}
        <button class="only-without-script" type="submit">Save theme</button>
      </fieldset>
    </form>
  );
}
