/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Who may come in: the keys of the server, for those who may manage them. */

import type { VNode } from "preact";
import CopyText from "../../islands/copy_text.tsx";
import { Icon } from "../../islands/_parts/icons.tsx";
import { counted, moment } from "../../islands/_parts/number_format.tsx";
import { type ListedKey, type Principal, type Scope, SCOPES } from "../../server/mod.ts";

/** A key that was made a moment ago, told this once. */
export interface NewKey {
  readonly key: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** What is shown. */
export interface AccessSectionProps {
  readonly principal: Principal;
  /** Null: who looks may not know them. */
  readonly keys: readonly ListedKey[] | null;
  readonly needsKey: boolean;
  readonly made: NewKey | null;
}

const MAY: { readonly [scope in Scope]: string } = {
  read: "looks at everything",
  run: "starts and steers runs, and reads",
  edit: "writes scenarios and notebooks, and reads",
  admin: "removes runs, manages keys and limits, and all else",
};

/** What the section says. */
export function AccessSection({ principal, keys, needsKey, made }: AccessSectionProps): VNode {
  if (!needsKey) return <Open />;
  return (
    <>
      {made !== null && <Made made={made} />}
      <div class="settings-signed-in">
        <p class="settings-lead">
          {principal.via === "session" ? "Signed in with the key " : "You come with the key "}
          <strong>{principal.name}</strong>, which may {[...principal.scopes].join(", ")}.
        </p>
        {principal.via === "session" && (
          <form method="post" action="/sign-out">
            <button type="submit">Sign out</button>
          </form>
        )}
      </div>
      {keys !== null && (
        <>
          <KeyList keys={keys} own={principal.id} />
          <NewKeyForm />
        </>
      )}
    </>
  );
}

function Open(): VNode {
  return (
    <div class="box">
      <p>This server asks for no key: whoever reaches its address may do everything.</p>
      <p class="quiet">
        <code>deno task keys create NAME --scopes admin</code>, where it runs, makes the first one. From then on nobody
        comes in without.
      </p>
    </div>
  );
}

function Made({ made: { key, name, scopes } }: { readonly made: NewKey }): VNode {
  return (
    <div class="notice tone-done" role="status" tabIndex={-1} autofocus>
      <Icon name="check" />
      <div>
        <p>
          <strong>The key of {name}</strong>, which may {scopes.join(", ")}. Copy it now: it is not shown again.
        </p>
        <CopyText label={`The key of ${name}`} text={key} />
      </div>
    </div>
  );
}

function KeyList({ keys, own }: { readonly keys: readonly ListedKey[]; readonly own: string }): VNode {
  const good = keys.filter(({ revoked_at }) => revoked_at === null);
  const revoked = keys.filter(({ revoked_at }) => revoked_at !== null);
  return (
    <>
      <ul class="settings-list" aria-label="Keys">
        {good.map((key) => <KeyLine key={key.id} listed={key} isOwn={key.id === own} />)}
      </ul>
      {revoked.length > 0 && (
        <details>
          <summary>{counted(revoked.length, "revoked key")}</summary>
          <ul class="settings-list" aria-label="Revoked keys">
            {revoked.map((key) => <KeyLine key={key.id} listed={key} isOwn={false} />)}
          </ul>
        </details>
      )}
    </>
  );
}

const SOURCES = { made: null, configured: "in llm-sim.yaml", file: "in LLM_SIM_KEY_FILE" } as const;

interface KeyLineProps {
  readonly listed: ListedKey;
  readonly isOwn: boolean;
}

function KeyLine({ listed: { id, name, scopes, source, created_at, revoked_at }, isOwn }: KeyLineProps): VNode {
  const mayRevoke = !isOwn && source === "made" && revoked_at === null;
  return (
    <li class="settings-line settings-key" data-key={id}>
      <div>
        <div class="settings-head">
          <h3>{name}</h3>
          <span>may {scopes.join(", ")}</span>
        </div>
        <p class="quiet settings-marks">
          {isOwn && (
            <span class="mark tone-running">
              <Icon name="user" />
              the one you use
            </span>
          )}
          {SOURCES[source] !== null && <span>{SOURCES[source]}</span>}
          {created_at !== null && <span>made {moment(created_at)}</span>}
          {revoked_at !== null && <span>revoked {moment(revoked_at)}</span>}
          <code>{id}</code>
        </p>
      </div>
      {mayRevoke && (
        <details class="settings-confirm">
          <summary class="button" aria-label={`Revoke ${name}…`}>Revoke…</summary>
          <form method="post" action="/settings">
            <input type="hidden" name="id" value={id} />
            <p>Whoever uses it is shut out at once, and it cannot be undone.</p>
            <button class="danger" type="submit" name="action" value="revoke">Revoke {name}</button>
          </form>
        </details>
      )}
    </li>
  );
}

function NewKeyForm(): VNode {
  return (
    <form class="box settings-new-key" method="post" action="/settings">
      <h3>New key</h3>
      <label>
        Name
        <input name="name" required maxLength={100} autocomplete="off" placeholder="who or what it is for" />
      </label>
      <fieldset class="settings-scopes">
        <legend>May</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="check">
            <input type="checkbox" name={`may_${scope}`} checked={scope === "read"} />
            <strong>{scope}</strong>
            <span class="quiet">{MAY[scope]}</span>
          </label>
        ))}
      </fieldset>
      <button class="first" type="submit" name="action" value="create">Make key</button>
    </form>
  );
}
