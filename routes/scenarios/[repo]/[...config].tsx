/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/scenarios/{domain}/{file}`: a scenario file, to be read, edited, checked and run. */

import type { VNode } from "preact";
import { SimError } from "../../../framework/mod.ts";
import { type ScenarioStart, TABS } from "../../../islands/_parts/scenario/session.ts";
import type { ScenarioDraft } from "../../../islands/_parts/scenario/types.ts";
import ScenarioPage from "../../../islands/scenario_page.tsx";
import type { ScenarioText } from "../../../runner/mod.ts";
import { draftOf, kindOfText, mayDo, page, type PageProps, type RequestContext, within } from "../../../server/mod.ts";

interface Data {
  readonly repo: string;
  readonly config: string;
  /** Null: there is no such file. */
  readonly start: ScenarioStart | null;
}

export const title = ({ data }: PageProps<Data>): string => `${data.repo}/${data.config}`;
export const styles = ["notebook.css", "scenarios.css"];

/** Milliseconds that findings are waited for: a domain that was never looked at takes its time. */
const PATIENCE = 1500;
/** Characters from which on nothing is waited for. */
const LONG = 100_000;

export const handler = {
  async GET(context: RequestContext, { repo, config: written }: { readonly repo: string; readonly config: string }) {
    const { app, principal, url } = context;
    const config = decoded(written);
    const view = url.searchParams.get("view");
    try {
      const file = await app.scenarioFiles.read(repo, config);
      const start: ScenarioStart = {
        ...await lookAt(context, file),
        repo,
        config,
        hash: file.hash,
        kind: kindOfText(file.text),
        readonly: file.readonly,
        tab: TABS.find((tab) => tab === view) ?? "text",
        may: { edit: mayDo(principal, "edit"), run: mayDo(principal, "run") },
      };
      return page<Data>({ repo, config, start });
    } catch (error) {
      if (!(error instanceof SimError) || error.code !== "unknown_scenario") throw error;
      return page<Data>({ repo, config, start: null }, { status: 404 });
    }
  },
};

/** What is said of the text; nothing where that takes too long: the page asks again. */
async function lookAt({ app }: RequestContext, { repo, config, text }: ScenarioText) {
  if (text.length > LONG) return { text, draft: null, trouble: null };
  try {
    const found = await within(PATIENCE, app.lookAtDraft({ repo, config, text }));
    // As JSON, which is what the page is given.
    const draft = found === undefined ? null : JSON.parse(JSON.stringify(draftOf(found))) as ScenarioDraft;
    return { text, draft, trouble: null };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { message, hint } = error;
    return { text, draft: null, trouble: { message, ...(hint !== undefined && { hint }) } };
  }
}

/** The path as it is on disk. What is no encoding of anything is taken as it is. */
function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

export default function Scenario({ context: { principal }, data: { repo, config, start } }: PageProps<Data>): VNode {
  if (start === null) return <Missing repo={repo} config={config} mayCreate={mayDo(principal, "edit")} />;
  return (
    <main class="scenario-page">
      <ScenarioPage start={start} />
    </main>
  );
}

interface MissingProps {
  readonly repo: string;
  readonly config: string;
  readonly mayCreate: boolean;
}

function Missing({ repo, config, mayCreate }: MissingProps): VNode {
  return (
    <main>
      <h1>{repo} has no scenario {config}</h1>
      <p>It may have been renamed or deleted.</p>
      <div class="actions">
        {mayCreate && (
          <a class="button first" href={`/scenarios/new?${new URLSearchParams({ repo, name: config })}`}>
            Create a scenario
          </a>
        )}
        <a class="button" href="/scenarios">All scenarios</a>
      </div>
    </main>
  );
}
