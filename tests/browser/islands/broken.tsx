/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";

/** An island that the server can draw, and no browser can start. */
export default function Broken(): VNode {
  if (typeof document !== "undefined") throw new Error("not here");
  return <p>as it was drawn</p>;
}
