/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/batches`: all batches, newest first. */

import type { VNode } from "preact";
import { StatusMark } from "../../islands/_parts/status_badge.tsx";
import type { BatchCounts } from "../../runner/mod.ts";
import { page, type PageProps, type RequestContext } from "../../server/mod.ts";
import { age, moment } from "../_parts/times.ts";

/** Batches of one page. */
const MOST = 50;

interface Line {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly runs: BatchCounts;
  readonly created_at: string;
}

interface Data {
  readonly lines: readonly Line[];
  /** Place of the first of them. */
  readonly offset: number;
  readonly isMore: boolean;
}

export const title = "Batches";
export const styles = ["batches.css"];

export const handler = {
  async GET({ app, url }: RequestContext) {
    const offset = Number(/^\d{1,7}$/.exec(url.searchParams.get("offset") ?? "")?.[0] ?? 0);
    // One more than is shown tells whether there are others.
    const listed = (await app.batches.list({ limit: offset + MOST + 1 })).slice(offset);
    const lines = listed.slice(0, MOST).map(({ id, name, status, runs, created_at }) => (
      { id, name, status, runs, created_at }
    ));
    return page<Data>({ lines, offset, isMore: listed.length > MOST });
  },
};

export default function Batches({ data: { lines, offset, isMore } }: PageProps<Data>): VNode {
  return (
    <main class="batches-page">
      <h1>Batches</h1>
      {lines.length === 0
        ? (
          <p class="empty">
            {offset === 0
              ? (
                <>
                  No batches yet. A batch cell of a <a href="/">notebook</a> starts one, and so does{" "}
                  <code>deno task batch FILE</code>.
                </>
              )
              : (
                <>
                  No batches here. <a href="/batches">The newest ones</a>
                </>
              )}
          </p>
        )
        : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Batches">
            <table>
              <thead>
                <tr>
                  <th scope="col">Batch</th>
                  <th scope="col">Status</th>
                  <th scope="col">Progress</th>
                  <th scope="col" class="count">Runs</th>
                  <th scope="col" class="count">Failed</th>
                  <th scope="col">Created</th>
                </tr>
              </thead>
              <tbody>{lines.map((line) => <Row key={line.id} line={line} />)}</tbody>
            </table>
          </div>
        )}
      <nav class="pages" aria-label="Pages">
        {offset > 0 && <a href="/batches">First</a>}
        {isMore && <a href={`/batches?offset=${offset + MOST}`} rel="next">Next {MOST}</a>}
      </nav>
    </main>
  );
}

function Row({ line: { id, name, status, runs, created_at } }: { readonly line: Line }): VNode {
  const done = runs.completed + runs.failed + runs.cancelled;
  return (
    <tr>
      <td>
        <a href={`/batches/${encodeURIComponent(id)}`} title={id}>{name}</a>
      </td>
      <td>
        <StatusMark status={status} />
      </td>
      <td>
        <progress value={done} max={Math.max(1, runs.total)} aria-label={`Runs of ${name} at their end`} />
      </td>
      <td class="count">{done}/{runs.total}</td>
      <td class="count">{runs.failed === 0 ? "" : runs.failed}</td>
      <td class="quiet" title={moment(created_at)}>{age(created_at)}</td>
    </tr>
  );
}
