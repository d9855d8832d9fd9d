/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { RunStatus } from "../../runner/mod.ts";

/** Where a run is in its life. */
export function Status({ status }: { readonly status: RunStatus }): VNode {
  return <span class={`status ${status}`}>{status}</span>;
}
