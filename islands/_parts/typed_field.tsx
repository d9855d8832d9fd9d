/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A field whose text is taken when it is left, or by Enter. */

import type { InputHTMLAttributes, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What a field is told: what an `input` is. */
export type TypedFieldProps = InputHTMLAttributes<HTMLInputElement> & { readonly value: string };

/** The field. Another value takes the place of what is typed; what is drawn anew around it does not. */
export function TypedField({ value, ...rest }: TypedFieldProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => void (field.current!.value = value), [value]);
  return <input {...rest} ref={field} defaultValue={value} />;
}
