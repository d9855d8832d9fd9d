/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/settings`: looks, models, limits, who may come in, and what the server is. */

import type { VNode } from "preact";
import StorageUse from "../islands/storage_use.tsx";
import ThemeChoice from "../islands/theme_choice.tsx";
import { counted, dollars, moment } from "../islands/_parts/number_format.tsx";
import { SimError } from "../framework/mod.ts";
import type { ProviderList } from "../runner/mod.ts";
import {
  assertMay,
  type ListedKey,
  mayDo,
  page,
  type PageProps,
  type Principal,
  type Problem,
  ProblemError,
  problemOf,
  readForm,
  type RequestContext,
  type Scope,
  SCOPES,
  type StorageUse as Use,
  type Theme,
  themeOf,
  within,
} from "../server/mod.ts";
import { AccessSection, type NewKey } from "./_parts/access_section.tsx";
import { ProblemBox } from "./_parts/problem_box.tsx";
import { ProvidersSection } from "./_parts/providers_section.tsx";
import { factsOf, storageFor } from "./_parts/server_facts.ts";
import { Done } from "./_parts/done.tsx";

interface Data {
  readonly theme: Theme;
  readonly providers: ProviderList;
  readonly maxConcurrent: number;
  readonly facts: ReturnType<typeof factsOf>;
  /** Null: it is being counted, or not for who looks. */
  readonly storage: Use | null;
  /** Null: who looks may not know them. */
  readonly keys: readonly ListedKey[] | null;
  /** What has just been done, in words. */
  readonly done: { readonly section: Section; readonly words: string } | null;
  readonly made: NewKey | null;
  readonly problem: { readonly section: Section; readonly problem: Problem } | null;
}

/** Where something has happened. */
type Section = "limits" | "access";

export const title = "Settings";
export const styles = ["settings.css"];

/** Milliseconds that the page waits for the count of files. */
const PATIENCE = 150;
/** Bytes of a form. */
const FORM_LIMIT = 8192;

const NOTHING: Pick<Data, "done" | "made" | "problem"> = { done: null, made: null, problem: null };

export const handler = {
  async GET(context: RequestContext) {
    return page(await dataOf(context, { ...NOTHING, done: doneOf(context) }));
  },

  async POST(context: RequestContext) {
    assertMay(context.principal, "admin");
    const fields = await readForm(context.request, FORM_LIMIT);
    const section = fields.get("action") === "limits" ? "limits" : "access";
    try {
      const made = change(context, fields);
      if (made === null) return redirect(`/settings?done=${fields.get("action")}`);
      return page(await dataOf(context, { ...NOTHING, made }), { status: 201 });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page(await dataOf(context, { ...NOTHING, problem: { section, problem } }), { status: problem.status });
    }
  },
};

/** Does what a form asks for. @returns a key that was made */
function change({ app, keys, principal, note }: RequestContext, fields: ReadonlyMap<string, string>): NewKey | null {
  switch (fields.get("action")) {
    case "limits":
      app.maxConcurrent = wholeNumber(fields.get("max_concurrent") ?? "");
      return null;
    case "create": {
      const { key, kept } = keys.create((fields.get("name") ?? "").trim(), scopesIn(fields));
      note({ key_made: kept.id });
      return { key, name: kept.name, scopes: kept.scopes };
    }
    case "revoke":
      note({ key_revoked: keys.revoke(fields.get("id") ?? "", principal!).id });
      return null;
    default:
      throw new ProblemError(422, "unknown_action", "the form asks for nothing that there is");
  }
}

function wholeNumber(text: string): number {
  const value = /^\s*\d{1,4}\s*$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 1000) return value;
  throw new ProblemError(422, "bad_value", `runs at once must be a whole number from 1 to 1,000, not “${text}”`);
}

function scopesIn(fields: ReadonlyMap<string, string>): readonly Scope[] {
  const scopes = SCOPES.filter((scope) => fields.has(`may_${scope}`));
  if (scopes.length > 0) return scopes;
  throw new ProblemError(422, "no_scopes", "a key that may do nothing is of no use", {
    hint: "choose at least one of what it may do",
  });
}

const DONE: { readonly [action: string]: { readonly section: Section; readonly words: string } } = {
  limits: { section: "limits", words: "Changed, until the server stops." },
  revoke: { section: "access", words: "The key is revoked: it opens nothing from now on." },
};

function doneOf({ url }: RequestContext): Data["done"] {
  const action = url.searchParams.get("done") ?? "";
  return Object.hasOwn(DONE, action) ? DONE[action]! : null;
}

async function dataOf(context: RequestContext, news: Pick<Data, "done" | "made" | "problem">): Promise<Data> {
  const { app, request } = context;
  const [providers, storage] = await Promise.all([app.providers(), within(PATIENCE, storageFor(context))]);
  const { keys, problem } = keysFor(context);
  return {
    ...news,
    ...(problem !== null && { problem: { section: "access", problem } }),
    theme: themeOf(request),
    providers,
    maxConcurrent: app.maxConcurrent,
    facts: factsOf(context),
    storage: storage ?? null,
    keys,
  };
}

/** The keys; null where they are not for who asks, or cannot be read. */
function keysFor(
  { principal, keys, url, requestId }: RequestContext,
): Pick<Data, "keys"> & { problem: Problem | null } {
  if (!mayDo(principal, "admin")) return { keys: null, problem: null };
  try {
    return { keys: keys.list(), problem: null };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    // Whatever is wrong with them, all else can be seen.
    return { keys: null, problem: problemOf(error, url.pathname, requestId) };
  }
}

export default function Settings({ context, data }: PageProps<Data>): VNode {
  const { theme, providers, keys, facts, made } = data;
  const { principal } = context;
  const mayAdmin = mayDo(principal, "admin");
  const newsOf = (section: Section) => (
    <>
      {data.done?.section === section && <Done>{data.done.words}</Done>}
      {data.problem?.section === section && (
        <div tabIndex={-1} autofocus>
          <ProblemBox problem={data.problem.problem} />
        </div>
      )}
    </>
  );
  return (
    <main class="settings-page">
      <h1>Settings</h1>
      <section aria-labelledby="theme">
        <h2 id="theme">Theme</h2>
        <ThemeChoice theme={theme} back="/settings" />
      </section>
      <ProvidersSection list={providers} />
      <section aria-labelledby="limits">
        <h2 id="limits">Limits</h2>
        {newsOf("limits")}
        <Limits data={data} mayAdmin={mayAdmin} />
      </section>
      <section aria-labelledby="access">
        <h2 id="access">Access</h2>
        {newsOf("access")}
        <AccessSection principal={principal!} keys={keys} needsKey={facts.needs_key} made={made} />
      </section>
      <section aria-labelledby="server">
        <h2 id="server">Server</h2>
        <Server data={data} principal={principal!} output={mayAdmin} />
      </section>
    </main>
  );
}

interface LimitsProps {
  readonly data: Data;
  readonly mayAdmin: boolean;
}

function Limits({ data: { maxConcurrent, facts: { limits } }, mayAdmin }: LimitsProps): VNode {
  const { max_cost_usd, max_tokens, spent_usd, spent_tokens, requests_per_minute, keep_days, keep_last } = limits;
  const kept = [
    keep_days === null ? [] : `of the last ${counted(keep_days, "day")}`,
    keep_last === null ? [] : `the newest ${keep_last.toLocaleString("en-US")}`,
  ].flat();
  return (
    <dl class="facts box">
      <dt>
        {mayAdmin ? <label for="max-concurrent">Runs at once</label> : "Runs at once"}
      </dt>
      <dd>
        {mayAdmin
          ? (
            <form class="settings-inline" method="post" action="/settings">
              <input
                class="number"
                id="max-concurrent"
                type="number"
                name="max_concurrent"
                min={1}
                max={1000}
                required
                value={maxConcurrent}
              />
              <button type="submit" name="action" value="limits">Change</button>
              <span class="quiet">
                until the server stops; <code>max_concurrent</code> in <code>llm-sim.yaml</code> is for good
              </span>
            </form>
          )
          : maxConcurrent}
      </dd>
      <dt>Cost of all runs</dt>
      <dd>
        <Budget spent={spent_usd} limit={max_cost_usd} text={dollars} />
      </dd>
      <dt>Tokens of all runs</dt>
      <dd>
        <Budget spent={spent_tokens} limit={max_tokens} text={(tokens) => counted(tokens, "token")} />
      </dd>
      <dt>Requests of each key</dt>
      <dd>{requests_per_minute === null ? "no limit" : `${requests_per_minute.toLocaleString("en-US")} a minute`}</dd>
      <dt>Runs that are kept</dt>
      <dd>{kept.length === 0 ? "all" : kept.join(", ")}</dd>
    </dl>
  );
}

interface BudgetProps {
  readonly spent: number;
  /** Null: there is none. */
  readonly limit: number | null;
  text(amount: number): string;
}

function Budget({ spent, limit, text }: BudgetProps): VNode {
  if (limit === null) return <span>no limit; {text(spent)} since the server was started</span>;
  return (
    <span class="settings-inline">
      <progress value={Math.min(spent, limit)} max={Math.max(limit, 1e-9)} aria-label={`Of ${text(limit)}`} />
      {text(spent)} of {text(limit)} since the server was started
    </span>
  );
}

interface ServerProps {
  readonly data: Data;
  readonly principal: Principal;
  /** Whether the output folder is told of. */
  readonly output: boolean;
}

function Server({ data: { facts, storage }, output }: ServerProps): VNode {
  return (
    <dl class="facts box">
      <dt>Version</dt>
      <dd>
        llm-sim {facts.version}, Deno {facts.deno}
      </dd>
      <dt>Started</dt>
      <dd>{moment(facts.started_at)}</dd>
      {output && (
        <>
          <dt>Output folder</dt>
          <dd>
            {storage === null ? <span class="quiet">as it was started with</span> : <code>{storage.folder}</code>}
          </dd>
          <dt>Disk use</dt>
          <dd>
            <StorageUse given={storage === null ? null : pickStorage(storage)} />
          </dd>
        </>
      )}
    </dl>
  );
}

function pickStorage({ files, bytes, disk }: Use) {
  return { files, bytes, disk };
}

function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
