/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Checks the seals of a conversation, and files that were downloaded. All of it happens in the browser. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useMounted } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { conversations } from "./_parts/api.ts";
import { type Finding, sealsOf, verifyFile } from "./_parts/conversation/verify.ts";
import { Icon, type IconName } from "./_parts/icons.tsx";

/** What it is told. */
export interface VerifyFileProps {
  /** The conversation whose seals can be checked; null: only files are. */
  readonly runId: string | null;
}

/** Bytes of a file that is read at most. */
const MOST_BYTES = 50_000_000;

/** The buttons, and what was found. */
export default function VerifyFile({ runId }: VerifyFileProps): VNode {
  const isMounted = useMounted();
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [of, setOf] = useState("");
  const look = async (what: () => Promise<readonly Finding[]>, name: string) => {
    setBusy(true);
    const found = await what().catch((error): Finding[] => [{ holds: null, text: (error as Error).message }]);
    setFindings(found);
    setOf(name);
    setBusy(false);
    announce(found.map(({ text }) => text).join(" "));
  };
  const read = async (file: File): Promise<readonly Finding[]> => {
    if (file.size > MOST_BYTES) return [{ holds: null, text: `${file.name} is too large to be looked at here.` }];
    return await verifyFile(await file.text());
  };
  return (
    <div class="verify needs-script">
      <div class="buttons">
        {runId === null ? null : (
          <button
            type="button"
            disabled={!isMounted || isBusy}
            onClick={() =>
              void look(async () => [await sealsOf((await conversations.get(runId)).turns)], "this conversation")}
          >
            <Icon name="lock" /> Check the seals
          </button>
        )}
        <label class="verify-file">
          Verify a downloaded JSON file
          <input
            type="file"
            accept=".json,application/json"
            disabled={!isMounted || isBusy}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file === undefined) return;
              // The same one may be chosen again, when it is another.
              currentTarget.value = "";
              void look(() => read(file), file.name);
            }}
          />
        </label>
      </div>
      {findings.length === 0 ? null : (
        <ul class="findings" aria-label="What was found">
          <li class="muted">In {of}:</li>
          {findings.map(({ holds, text }, i) => (
            <li key={i} class={`mark tone-${holds === null ? "stale" : holds ? "done" : "error"}`}>
              <Icon name={ICONS[String(holds)]!} />
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const ICONS: { readonly [holds: string]: IconName } = { true: "check", false: "x", null: "info" };
