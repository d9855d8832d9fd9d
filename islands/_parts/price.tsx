/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What running something would take. */

import type { VNode } from "preact";
import type { Price } from "./types.ts";

/** The price in words; what costs nothing says so. */
export function PriceTag({ price }: { readonly price: Price }): VNode {
  return (
    <span
      class={price.free ? "price price-free" : "price"}
      title={price.free ? "No model is paid for this." : undefined}
    >
      {price.text}
    </span>
  );
}
