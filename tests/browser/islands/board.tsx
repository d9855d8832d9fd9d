/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { useSignal } from "@preact/signals";
import Counter from "./counter.tsx";

/** An island with another one in it. */
export default function Board({ title, since }: { readonly title: string; readonly since: Date }): VNode {
  const count = useSignal(10);
  return (
    <section>
      <h2>{title}</h2>
      <time dateTime={since.toISOString()}>{since.getUTCFullYear()}</time>
      <Counter count={count} label="inner" />
    </section>
  );
}
