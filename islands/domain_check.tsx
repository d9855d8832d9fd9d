/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Looks at all domains anew, and shows the page again as they are then. Without JavaScript it is a form. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { TroubleBox, useActions } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { api } from "./_parts/api.ts";
import { Icon } from "./_parts/icons.tsx";

/** What the button is told. */
export interface DomainCheckProps {
  /** Path of the page. */
  readonly back: string;
  /** How things are, in a few words: `7 domains, 1 broken`. */
  readonly summary: string;
  /** Whether something is still being checked: then the page comes again by itself. */
  readonly isOpen: boolean;
}

/** Stands in the address of a page that is shown again after a check. */
const CHECKED = "#checked";

/** The button. */
export default function DomainCheck({ back, summary, isOpen }: DomainCheckProps): VNode {
  const actions = useActions();
  const button = useRef<HTMLButtonElement>(null);
  const [told, setTold] = useState("");

  const look = async (then: () => void) => {
    if (await actions.act("Check", () => api("/api/repos"))) then();
  };
  const check = () =>
    look(() => {
      history.replaceState(null, "", CHECKED);
      location.reload();
    });
  useEffect(() => {
    if (isOpen) void look(() => location.reload());
    if (location.hash !== CHECKED) return;
    history.replaceState(null, "", location.pathname + location.search);
    button.current?.focus();
    setTold(`Checked: ${summary}.`);
    announce(`Checked: ${summary}`);
  }, []);

  const isBusy = actions.busy !== null;
  return (
    <div class="domain-check">
      <form
        method="post"
        action="/domains"
        onSubmit={(event) => {
          event.preventDefault();
          void check();
        }}
      >
        <input type="hidden" name="back" value={back} />
        <span class="quiet">{isBusy ? "Checking…" : told}</span>
        <button type="submit" ref={button} aria-busy={isBusy} aria-disabled={isBusy}>
          <Icon name={isBusy ? "spin" : "redo"} />
          Check again
        </button>
      </form>
      {actions.trouble !== null && (
        <TroubleBox title="The domains could not be checked" trouble={actions.trouble} onDismiss={actions.dismiss} />
      )}
    </div>
  );
}
