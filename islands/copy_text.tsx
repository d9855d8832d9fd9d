/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A text to be copied, whole at a glance. */

import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { useMounted } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { Icon } from "./_parts/icons.tsx";

/** What is shown. */
export interface CopyTextProps {
  readonly label: string;
  readonly text: string;
}

/** The text, and a button that copies it. */
export default function CopyText({ label, text }: CopyTextProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const isMounted = useMounted();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce("Copied");
    } catch {
      // Only pages that came by https, or of this machine, may use the clipboard.
      field.current!.select();
      announce("Selected: press Ctrl-C");
    }
  };
  return (
    <div class="copy-text">
      <input
        ref={field}
        type="text"
        readOnly
        value={text}
        aria-label={label}
        spellcheck={false}
        autocomplete="off"
        onFocus={(event) => event.currentTarget.select()}
      />
      {isMounted && (
        <button type="button" onClick={() => void copy()}>
          <Icon name={isCopied ? "check" : "copy"} />
          {isCopied ? "Copied" : "Copy"}
        </button>
      )}
    </div>
  );
}
