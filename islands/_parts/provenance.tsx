/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { Icon } from "./icons.tsx";
import { count, dollars, moment } from "./number_format.tsx";
import type { Provenance } from "./types.ts";

/** Where a number comes from, behind a small button; readable without a script. */
export function ProvenanceButton({ provenance }: { readonly provenance: Provenance }): VNode {
  const { run_id, batch_id, validity, reasons } = provenance;
  return (
    <details class="provenance">
      <summary title="Where this comes from">
        <Icon name="info" />
        <span class="visually-hidden">Where this comes from</span>
      </summary>
      <dl class="facts popover">
        {run_id === undefined ? null : <Fact name="run" value={run_id} href={`/runs/${encodeURIComponent(run_id)}`} />}
        {batch_id === undefined
          ? null
          : <Fact name="batch" value={batch_id} href={`/batches/${encodeURIComponent(batch_id)}`} />}
        <Fact name="content key" value={provenance.content_key?.slice(0, 16)} />
        <Fact name="seed" value={provenance.seed === undefined ? undefined : String(provenance.seed)} />
        <Fact name="sample" value={provenance.sample === undefined ? undefined : count(provenance.sample)} />
        <Fact name="models" value={provenance.models.length === 0 ? "none" : provenance.models.join(", ")} />
        <Fact name="cost" value={dollars(provenance.cost_usd)} />
        <Fact name="validity" value={[validity, ...reasons].join(": ")} />
        <Fact name="when" value={moment(provenance.at)} />
        <Fact name="engine" value={provenance.engine_version} />
      </dl>
    </details>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly href?: string;
}

function Fact({ name, value, href }: FactProps): VNode | null {
  if (value === undefined || value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{href === undefined ? value : <a href={href}>{value}</a>}</dd>
    </>
  );
}
