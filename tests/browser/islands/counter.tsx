/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { useEffect, useId } from "preact/hooks";
import { type Signal, useSignal } from "@preact/signals";

/** Counts; what is loaded later says what was counted at first. */
export default function Counter({ count, label }: { readonly count: Signal<number>; readonly label: string }): VNode {
  const id = useId();
  const loaded = useSignal("");
  useEffect(() => {
    import("./_parts/later.ts").then(({ describe }) => loaded.value = describe(label));
  }, []);
  return (
    <p>
      <label for={id}>{label}</label>
      <output id={id} style={{ color: "rgb(0, 128, 0)" }}>{count}</output>
      <button type="button" onClick={() => count.value++}>more</button>
      <em>{loaded}</em>
    </p>
  );
}

/** The sum of two, in an island of its own. */
export function Twice({ count }: { readonly count: Signal<number> }): VNode {
  return <strong>{count.value * 2}</strong>;
}
