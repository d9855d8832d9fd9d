/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { text } from "./number_format.tsx";
import type { ScenarioOutput } from "./types.ts";

/** A scenario: what it is, and what it sets beyond its base. */
export function ScenarioView({ output }: { readonly output: ScenarioOutput }): VNode {
  const { base, name, domain, changes, summary } = output;
  return (
    <div class="scenario-view">
      <p class="scenario-head">
        <strong>{name}</strong>
        {domain === null ? null : <span class="chip">{domain}</span>}
        {base === null ? null : <span class="muted">from {base}</span>}
      </p>
      {summary === "" ? null : <p class="muted">{summary}</p>}
      {changes.length === 0
        ? base === null ? null : <p class="muted">Nothing differs from its base.</p>
        : (
          <div class="scroll-x" tabindex={0} role="group" aria-label={`What ${name} changes`}>
            <table class="differences">
              <thead>
                <tr>
                  <th scope="col">Path</th>
                  <th scope="col">Base</th>
                  <th scope="col">Here</th>
                </tr>
              </thead>
              <tbody>
                {changes.map((change) => (
                  <tr key={change.path}>
                    <th scope="row">
                      <code>{change.path}</code>
                    </th>
                    <td>{text(change.base)}</td>
                    <td>
                      <strong>{text(change.value)}</strong>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </div>
  );
}
