/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { RunRow } from "../../runner/mod.ts";
import { Status } from "./status.tsx";
import { age, moment } from "./times.ts";

/** Runs, one a line. */
export function RunTable({ runs }: { readonly runs: readonly RunRow[] }): VNode {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Runs">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col" class="count">Turn</th>
            <th scope="col">Domain</th>
            <th scope="col">Validity</th>
            <th scope="col" class="count">Cost</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>{runs.map((run) => <Line key={run.run_id} run={run} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ run }: { readonly run: RunRow }): VNode {
  return (
    <tr>
      <td>
        <a class="id" href={`/runs/${encodeURIComponent(run.run_id)}`} title={run.run_id}>{run.run_id}</a>
      </td>
      <td>
        <Status status={run.status} />
      </td>
      <td class="count">{run.current_turn}/{run.max_turns}</td>
      <td>{run.repo}</td>
      <td class={run.validity === "valid" ? "quiet" : ""}>{run.validity}</td>
      <td class="count">{run.cost_usd === 0 ? "" : `$${run.cost_usd.toFixed(4)}`}</td>
      <td class="quiet" title={moment(run.created_at)}>{age(run.created_at)}</td>
    </tr>
  );
}
