/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/scenarios`: all scenario files by domain. */

import type { VNode } from "preact";
import type { ScenarioGroup } from "../../islands/_parts/scenario/list.ts";
import ScenarioList from "../../islands/scenario_list.tsx";
import { ShellIcon } from "../../islands/_parts/shell/shell_icons.tsx";
import { mayDo, page, type PageProps, recentTree, type RequestContext, scenarioList } from "../../server/mod.ts";

interface Data {
  readonly groups: readonly ScenarioGroup[];
  readonly query: string;
}

export const title = "Scenarios";
export const styles = ["scenarios.css"];

export const handler = {
  async GET(context: RequestContext) {
    const { tree } = await recentTree(context);
    const files = Map.groupBy(scenarioList(context.app), ({ repo }) => repo);
    const groups = tree.domains.map(({ name, status }): ScenarioGroup => ({
      repo: name,
      isBroken: status === "broken",
      files: files.get(name) ?? [],
    }));
    const query = (context.url.searchParams.get("q") ?? "").slice(0, 200);
    return page<Data>({ groups, query }, { same: JSON.stringify(groups) });
  },
};

export default function Scenarios({ context: { principal }, data: { groups, query } }: PageProps<Data>): VNode {
  const mayEdit = mayDo(principal, "edit");
  return (
    <main class="scenarios-page">
      <div class="title-row">
        <h1>Scenarios</h1>
        {mayEdit && (
          <a class="button first" href="/scenarios/new">
            <ShellIcon name="plus" /> New scenario
          </a>
        )}
      </div>
      <ScenarioList groups={groups} query={query} mayEdit={mayEdit} />
    </main>
  );
}
