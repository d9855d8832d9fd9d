/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What a person says for the user of a conversation, and wants done. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { TroubleBox, useActions, useMounted } from "./actions.tsx";
import { ApiError, runs } from "./api.ts";

/** The agent of a run that speaks for the user. */
export const USER = "user";

/** What it is told. */
export interface MessageBoxProps {
  readonly runId: string;
  readonly onSaid: () => Promise<void>;
}

/** A box for the next message. */
export function MessageBox({ runId, onSaid }: MessageBoxProps): VNode {
  const actions = useActions();
  const isMounted = useMounted();
  const [message, setMessage] = useState("");
  const [wanted, setWanted] = useState("");
  const say = async () => {
    const isSaid = await actions.act("Say it", async () => {
      const parameters = { message, desired_action: readAction(wanted) };
      await runs.decide(runId, USER, { action: "say", parameters });
    });
    if (!isSaid) return;
    setMessage("");
    setWanted("");
    await onSaid();
  };
  return (
    <form
      class="message-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (message.trim() !== "") void say();
      }}
    >
      <label>
        You speak for the user
        <textarea
          rows={3}
          maxLength={20_000}
          disabled={!isMounted}
          value={message}
          onInput={(event) => setMessage(event.currentTarget.value)}
        />
      </label>
      <details class="action">
        <summary>What you want done</summary>
        <label>
          The action, as JSON; empty: none. The agent does not see it.
          <textarea
            class="wanted"
            rows={3}
            spellcheck={false}
            disabled={!isMounted}
            placeholder='{"name": "delete_task", "parameters": {"task_id": 2}}'
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
      </details>
      <button type="submit" class="first" disabled={!isMounted || actions.busy !== null || message.trim() === ""}>
        Say it
      </button>
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
    </form>
  );
}

/** The action that is meant; null: none. @throws {ApiError} `bad_action` */
export function readAction(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    const action: unknown = JSON.parse(text);
    if (typeof action === "object" && action !== null && typeof (action as { name?: unknown }).name === "string") {
      return action;
    }
  } catch {
    // The error below says what is expected.
  }
  throw new ApiError(
    0,
    "bad_action",
    "what you want done is no action",
    'write {"name": "…", "parameters": {…}}, or nothing',
  );
}
