/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What is asked before a copy, a batch or a deletion. */

import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { TroubleBox, useActions } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { scenarioUrl } from "../shell/tree_model.ts";
import { savedFor } from "./head.tsx";
import type { ScenarioSession } from "./session.ts";

/** What can be asked. */
export type ScenarioDialog = "copy" | "batch" | "delete";

/** What a dialog is told. */
export interface DialogProps {
  readonly dialog: ScenarioDialog;
  readonly session: ScenarioSession;
  onClose(): void;
}

/** The dialog. */
export function Dialog(props: DialogProps): VNode {
  switch (props.dialog) {
    case "copy":
      return <CopyDialog {...props} />;
    case "batch":
      return <BatchDialog {...props} />;
    case "delete":
      return <DeleteDialog {...props} />;
  }
}

interface BoxProps {
  readonly title: string;
  readonly verb: string;
  readonly danger?: boolean;
  readonly children: ComponentChildren;
  work(): Promise<unknown>;
  onClose(): void;
}

function Box({ title, verb, danger = false, children, work, onClose }: BoxProps): VNode {
  const box = useRef<HTMLDialogElement>(null);
  const actions = useActions();
  useEffect(() => box.current!.showModal(), []);
  return (
    <dialog ref={box} class="question scenario-dialog" aria-labelledby="scenario-dialog-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void actions.act(verb, work).then((isDone) => isDone && box.current?.close());
        }}
      >
        <h2 id="scenario-dialog-title">{title}</h2>
        {children}
        {actions.trouble !== null && <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} />}
        <div class="banner-actions">
          <button type="submit" class={danger ? "danger" : "first"} disabled={actions.busy !== null}>
            {actions.busy !== null && <Icon name="spin" />}
            {verb}
          </button>
          <button type="button" onClick={() => box.current!.close()}>Cancel</button>
        </div>
      </form>
    </dialog>
  );
}

function CopyDialog({ session, onClose }: DialogProps): VNode {
  const { repo, config } = session.start;
  const [name, setName] = useState(() => copyName(config));
  return (
    <Box
      title={`Duplicate ${config}`}
      verb="Duplicate"
      onClose={onClose}
      work={async () => {
        const copy = `${config.startsWith("scenarios/") ? "scenarios/" : ""}${name.trim()}`;
        await session.server.copy(copy, session.text.peek());
        location.assign(scenarioUrl(repo, copy));
      }}
    >
      <label>
        Name of the copy
        <input
          value={name}
          required
          maxLength={100}
          spellcheck={false}
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]*\.ya?ml"
          title="letters, digits, '.', '_' and '-', ending in .yaml"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
    </Box>
  );
}

/** A name beside that of the file: `growth_copy.yaml`. */
function copyName(config: string): string {
  const name = config.slice(config.lastIndexOf("/") + 1);
  return name.replace(/(?:_copy)?(\.ya?ml)$/, "_copy$1");
}

/** Seeds that a batch begins with, and has at most here. */
const [SEEDS, MOST_SEEDS] = [10, 1000];

function BatchDialog({ session, onClose }: DialogProps): VNode {
  const { start, look } = session;
  const [seeds, setSeeds] = useState(String(SEEDS));
  const isBatch = look.value.draft?.kind === "batch" || start.kind === "batch";
  return (
    <Box
      title={isBatch ? "Start this batch" : `A batch of ${start.config}`}
      verb="Start batch"
      onClose={onClose}
      work={async () => {
        if (!await savedFor(session)) throw new Error("it could not be saved");
        const id = await session.server.batch(isBatch ? null : Number(seeds));
        location.assign(`/batches/${encodeURIComponent(id)}`);
      }}
    >
      {isBatch ? <p>{sizeOf(session) ?? "Its runs are played as the file says."}</p> : (
        <>
          <p>The scenario is played once with each seed.</p>
          <label>
            Seeds
            <input
              class="number"
              type="number"
              required
              min={1}
              max={MOST_SEEDS}
              value={seeds}
              onInput={(event) => setSeeds(event.currentTarget.value)}
            />
          </label>
        </>
      )}
      {session.mayEdit && session.text.value !== session.saved.value && (
        <p class="muted">What has changed is saved first.</p>
      )}
    </Box>
  );
}

function sizeOf({ look }: ScenarioSession): string | null {
  const size = look.value.draft?.issues.find(({ code }) => code === "batch_size")?.message;
  return size === undefined ? null : `It is ${size}.`;
}

function DeleteDialog({ session, onClose }: DialogProps): VNode {
  return (
    <Box
      title={`Delete ${session.start.config}?`}
      verb="Delete"
      danger
      onClose={onClose}
      work={() => session.remove()}
    >
      <p>Runs that were played of it stay as they are. It can be undone on this page.</p>
    </Box>
  );
}
