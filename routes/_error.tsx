/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { PageProps, Problem } from "../server/mod.ts";

export default function ErrorPage({ context, data }: PageProps<Problem>): VNode {
  return (
    <main class="narrow">
      <h1>{data.title}</h1>
      <p>{data.detail}</p>
      {data.hint !== undefined && <p class="quiet">{data.hint}</p>}
      <p class="quiet">
        <code>{data.code}</code>, request <code>{data.request_id}</code>
      </p>
      <p>
        <a href="/">Home</a>, <a href="/runs">all runs</a>, <a href="/batches">all batches</a>
        {context.features.simulatedUserMode && (
          <>
            , <a href="/conversations">all conversations</a>
          </>
        )}
      </p>
    </main>
  );
}
