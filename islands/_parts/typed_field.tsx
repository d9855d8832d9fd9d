/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A field whose text is taken when it is left, or by Enter. */

import type { InputHTMLAttributes, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What a field is told: what an `input` is. */
export type TypedFieldProps = InputHTMLAttributes<HTMLInputElement> & { readonly value: string };

/** The field. What somebody types in it stays until it is taken, whatever is drawn anew around it. */
export function TypedField({ value, ...rest }: TypedFieldProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  const shown = useRef(value);
  useLayoutEffect(() => {
    const input = field.current!;
    if (document.activeElement !== input || input.value === shown.current) input.value = value;
    shown.current = value;
  }, [value]);
  return <input {...rest} ref={field} defaultValue={value} />;
}
