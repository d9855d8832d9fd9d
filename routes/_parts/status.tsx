/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { StatusMark } from "../../islands/_parts/status_badge.tsx";
import type { RunStatus } from "../../runner/mod.ts";

/** Where a run is in its life. */
export function Status({ status }: { readonly status: RunStatus }): VNode {
  return <StatusMark status={status} />;
}
