/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/batches/{id}`: one batch, as it plays and what its runs say. */

import type { VNode } from "preact";
import BatchPage from "../../islands/batch_page.tsx";
import { notebookUrl } from "../../islands/_parts/shell/tree_model.ts";
import { type BatchOutput, batchOutput, batchProvenance, type Provenance } from "../../runner/mod.ts";
import { mayDo, page, type PageProps, type RequestContext } from "../../server/mod.ts";
import { moment } from "../_parts/times.ts";

interface Data {
  readonly output: BatchOutput;
  readonly provenance: Provenance;
  /** Path of the notebook that it was made for; null: there is none, or no longer. */
  readonly notebook: string | null;
}

export const title = ({ data }: PageProps<Data>): string => data.output.batch.name;
export const styles = ["batches.css"];

export const handler = {
  async GET({ app }: RequestContext, { id }: { readonly id: string }) {
    const batch = await app.batches.get(id);
    const rows = await app.batches.results(id);
    const summary = batch.runs.completed > 0 ? await app.batches.summary(id) : null;
    const path = app.batches.placeOf(id)?.path;
    const isThere = path !== undefined && (await app.notebooks.list()).some((each) => each.path === path);
    return page<Data>({
      output: batchOutput(batch, rows, summary),
      provenance: batchProvenance(batch, rows),
      notebook: isThere ? path : null,
    });
  },
};

export default function Batch({ context, data: { output, provenance, notebook } }: PageProps<Data>): VNode {
  const { id, name, created_at, cells, seeds } = output.batch;
  return (
    <main class="batch-page">
      <p class="quiet">
        <a href="/batches">Batches</a>
      </p>
      <div class="title-row">
        <h1>{name}</h1>
        {mayDo(context.principal, "edit") && (
          <form method="post" action="/">
            <button type="submit" name="batch" value={id}>Open in a notebook</button>
          </form>
        )}
      </div>
      <dl class="facts box">
        <dt>Batch</dt>
        <dd class="id">{id}</dd>
        <dt>Plan</dt>
        <dd>
          {cells.length} {cells.length === 1 ? "cell" : "cells"}, {seeds.length} {seeds.length === 1 ? "seed" : "seeds"}
          {" "}
          of each
        </dd>
        {notebook !== null && (
          <>
            <dt>Notebook</dt>
            <dd>
              <a href={notebookUrl(notebook)}>{notebook}</a>
            </dd>
          </>
        )}
        <dt>Created</dt>
        <dd>{moment(created_at)}</dd>
        <dt>Its runs</dt>
        <dd>
          <a href={`/runs?batch=${encodeURIComponent(id)}`}>as a list</a>
        </dd>
      </dl>
      <BatchPage output={output} provenance={provenance} mayRun={mayDo(context.principal, "run")} />
    </main>
  );
}
