/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A comparison: what can be concluded, what went in, how it went, and where it parted. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useMounted } from "./actions.tsx";
import { Bands } from "./chart.tsx";
import { count, counted, short, text } from "./number_format.tsx";
import { ProvenanceButton } from "./provenance.tsx";
import { colorOf } from "./series_color.ts";
import type { CompareOutput, Comparison, Provenance } from "./types.ts";

/** What it is told. */
export interface CompareViewProps {
  readonly output: CompareOutput;
  readonly provenance?: Provenance | null;
}

/** Metrics that are drawn at first. */
const MOST_DRAWN = 4;

/** A comparison. */
export function CompareView({ output, provenance = null }: CompareViewProps): VNode {
  const { comparison, of } = output;
  const { runs, inputs, metrics, parting, left_out } = comparison;
  const labels = namesOf(runs.map(({ label }, i) => runs.length === of.length ? of[i]! : label));
  const [isWhole, setWhole] = useState(false);
  // The metric in which they part is what they are about.
  const ordered = [...metrics].sort((a, b) => Number(b.name === parting?.metric) - Number(a.name === parting?.metric));
  const drawn = isWhole ? ordered : ordered.slice(0, MOST_DRAWN);
  return (
    <div class="compare-view">
      <p class="sentence">
        {comparison.sentence} {provenance === null ? null : <ProvenanceButton provenance={provenance} />}
      </p>
      <Sides runs={runs} labels={labels} />
      {inputs.length === 0
        ? <p class="muted">Nothing that went in differs.</p>
        : <Inputs comparison={comparison} labels={labels} />}
      <div class={drawn.length > 1 ? "chart-grid" : "chart-alone"}>
        {drawn.map(({ name, series }) => (
          <Bands key={name} title={name} labels={labels} series={series} marker={parting?.turn ?? null} />
        ))}
      </div>
      {metrics.length > drawn.length
        ? (
          <button type="button" class="button" onClick={() => setWhole(true)}>
            Draw {count(metrics.length - drawn.length)} more
          </button>
        )
        : null}
      {left_out.length === 0 ? null : <p class="muted">Not in all of them: {left_out.join(", ")}.</p>}
      <AtParting comparison={comparison} labels={labels} />
    </div>
  );
}

/** Names that differ: a second one of the same name is numbered. */
function namesOf(labels: readonly string[]): string[] {
  return labels.map((label, i) => labels.indexOf(label) < i ? `${label} (${i + 1})` : label);
}

function Sides({ runs, labels }: { readonly runs: Comparison["runs"]; readonly labels: readonly string[] }): VNode {
  const isMounted = useMounted();
  return (
    <ul class="sides">
      {runs.map(({ id, runs: many, excluded, turn }, i) => {
        const out = excluded.void + excluded.failed + excluded.pending;
        return (
          <li key={id}>
            <span class="swatch" style={isMounted ? `background:${colorOf(labels[i]!)}` : undefined} />
            <strong>{labels[i]}</strong>
            <span class="muted">
              {counted(many, "run")}, to turn {count(turn)}
              {out === 0 ? "" : `, ${count(out)} left out`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Inputs({ comparison: { inputs, more_inputs }, labels }: {
  readonly comparison: Comparison;
  readonly labels: readonly string[];
}): VNode {
  return (
    <details class="inputs" open={inputs.length <= 12}>
      <summary>{counted(inputs.length + more_inputs, "input differs", "inputs differ")}</summary>
      <div class="scroll-box" tabindex={0} role="group" aria-label="Inputs that differ">
        <table class="differences">
          <thead>
            <tr>
              <th scope="col">Input</th>
              {labels.map((label) => <th key={label} scope="col">{label}</th>)}
            </tr>
          </thead>
          <tbody>
            {inputs.map(({ path, values }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                {labels.map((label, i) => <td key={label}>{text(values[i], 120)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more_inputs === 0 ? null : <p class="muted">and {count(more_inputs)} more</p>}
    </details>
  );
}

function AtParting({ comparison: { parting, at_parting }, labels }: {
  readonly comparison: Comparison;
  readonly labels: readonly string[];
}): VNode {
  if (parting === null) return <p class="muted">They do not part.</p>;
  const [a, b] = parting.between;
  const beyond = parting.beyond === null ? "" : `, ${short(parting.beyond)} times the noise`;
  return (
    <section class="parting">
      <h2>They part in turn {count(parting.turn)}</h2>
      <p>
        {parting.metric}: {labels[b]} less {labels[a]} is <strong class="number">{short(parting.size)}</strong>
        {beyond}.
      </p>
      {at_parting === null ? null : (
        <>
          {at_parting.decisions.length === 0 ? null : (
            <Together
              caption="Decisions"
              firstColumn="Agent"
              labels={labels}
              rows={at_parting.decisions.map(({ agent, values }) => ({ name: agent, values }))}
            />
          )}
          {at_parting.events.length === 0 ? null : (
            <Together
              caption="Events"
              firstColumn="Event"
              labels={labels}
              rows={at_parting.events.map(({ type, agent, what, sides }) => ({
                name: agent === null ? type : `${type} ${agent}`,
                values: labels.map((_, i) => sides.includes(i) ? what : null),
              }))}
            />
          )}
          {at_parting.more === 0 ? null : <p class="muted">and {count(at_parting.more)} more differences</p>}
        </>
      )}
    </section>
  );
}

/** Side by side; what is not there is a dash. */
function Together({ caption, firstColumn, labels, rows }: {
  readonly caption: string;
  readonly firstColumn: string;
  readonly labels: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (string | null)[] }[];
}): VNode {
  return (
    <div class="scroll-box" tabindex={0} role="group" aria-label={`${caption} where they part`}>
      <table class="together">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{firstColumn}</th>
            {labels.map((label) => <th key={label} scope="col">{label}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values }, i) => (
            <tr key={i}>
              <th scope="row">{name}</th>
              {labels.map((label, at) => <td key={label} class="wraps">{values[at] ?? "–"}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
