/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren, VNode } from "preact";
import { Icon } from "../../islands/_parts/icons.tsx";

/** What has just been done; who listens hears it first. */
export function Done({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    <div class="notice tone-done" role="status" tabIndex={-1} autofocus>
      <Icon name="check" />
      <div>{children}</div>
    </div>
  );
}
