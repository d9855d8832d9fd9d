/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The scenarios of a domain, with what can be begun with them. */

import { resolve } from "node:path";
import type { VNode } from "preact";
import { ShellIcon } from "../../islands/_parts/shell/shell_icons.tsx";
import { StatusMark } from "../../islands/_parts/status_badge.tsx";
import { scenarioUrl } from "../../islands/_parts/shell/tree_model.ts";
import type { ScenarioFile } from "../../runner/mod.ts";
import { kindOfText, type RequestContext, type ScenarioKind, scenarioNames, within } from "../../server/mod.ts";

/** A scenario file. */
export interface DomainScenario {
  readonly config: string;
  readonly kind: ScenarioKind;
  /** Null: it is not known yet, or it is no simulation of its own. */
  readonly checked: Pick<ScenarioFile, "name" | "description" | "issues"> | null;
}

/** The scenario files of a domain; what is wrong with them where that is known within so many milliseconds. */
export async function scenariosSoon(
  { app }: RequestContext,
  repo: string,
  patience: number,
): Promise<DomainScenario[]> {
  const files = scenarioNames(app).filter((each) => each.repo === repo);
  if (files.length === 0) return [];
  const checked = new Map(
    (await within(patience, app.scenarios(repo)) ?? []).map((file) => [resolve(file.path), file]),
  );
  return await Promise.all(files.map(async ({ config, path }) => {
    const { name, description, issues } = checked.get(path) ?? {};
    return {
      config,
      kind: await kindOf(path),
      checked: name === undefined ? null : { name, description: description ?? null, issues: issues ?? [] },
    };
  }));
}

async function kindOf(path: string): Promise<ScenarioKind> {
  try {
    return kindOfText(await Deno.readTextFile(path));
  } catch {
    // Gone since it was listed: who opens it is told.
    return "scenario";
  }
}

/** What is shown. */
export interface DomainScenariosProps {
  readonly repo: string;
  readonly scenarios: readonly DomainScenario[];
  readonly mayRun: boolean;
  readonly mayEdit: boolean;
}

/** The list. */
export function DomainScenarios({ repo, scenarios, mayRun, mayEdit }: DomainScenariosProps): VNode {
  return (
    <section aria-labelledby="scenarios">
      <div class="title-row">
        <h2 id="scenarios">Scenarios</h2>
        {mayEdit && mayRun && (
          <a class="button" href={`/scenarios/new?${new URLSearchParams({ repo })}`}>
            <ShellIcon name="plus" /> New scenario
          </a>
        )}
      </div>
      {scenarios.length === 0 ? <p class="empty">No scenarios yet.</p> : (
        <ul class="scenario-list">
          {scenarios.map(({ config, kind, checked }) => (
            <li key={config} class="scenario-line">
              <ShellIcon name={kind} />
              <div class="scenario-words">
                <a href={scenarioUrl(repo, config)}>{config}</a>
                {kind !== "scenario" && <span class="quiet">{kind}</span>}
                {checked !== null && <Problems issues={checked.issues} />}
                {checked?.description && <p class="quiet">{checked.description}</p>}
              </div>
              <div class="scenario-buttons">
                {mayRun && kind !== "batch" && (
                  <form method="post" action="/runs">
                    <button type="submit" name="scenario" value={`${repo}/${config}`} aria-label={`Run ${config}`}>
                      <ShellIcon name="run" /> Run
                    </button>
                  </form>
                )}
                {mayEdit && (
                  <form method="post" action="/">
                    <button
                      type="submit"
                      name="scenario"
                      value={`${repo}/${config}`}
                      aria-label={`New notebook from ${config}`}
                    >
                      <ShellIcon name="book" /> Notebook
                    </button>
                  </form>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What keeps it from running. */
function Problems({ issues }: Pick<ScenarioFile, "issues">): VNode | null {
  const first = issues.find(({ severity }) => severity === "error");
  if (first === undefined) return null;
  const others = issues.filter(({ severity }) => severity === "error").length - 1;
  return (
    <>
      <StatusMark status="broken" />
      <p class="tone-error">
        {first.line === undefined ? "" : `line ${first.line}: `}
        {first.message}
        {others > 0 ? ` (and ${others} more)` : ""}
      </p>
    </>
  );
}
