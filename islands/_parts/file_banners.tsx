/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What a page that edits a file asks, whatever the file is. */

import type { VNode } from "preact";
import { Icon } from "./icons.tsx";
import { moment } from "./number_format.tsx";

/** Changes of an earlier visit that are not on disk. @param at when they were made, ISO 8601 */
export function DraftBanner(
  { at, onAnswer }: { readonly at: string; onAnswer(take: boolean): void },
): VNode {
  return (
    <section class="banner" role="alert" aria-label="Unsaved changes">
      <Icon name="info" />
      <p>This page was closed with changes that are not on disk, from {moment(at)}.</p>
      <div class="banner-actions">
        <button type="button" class="first" onClick={() => onAnswer(true)}>Take them up</button>
        <button type="button" onClick={() => onAnswer(false)}>Drop them</button>
      </div>
    </section>
  );
}

/** A file that cannot be written. @param message why */
export function RefusedBanner({ message, onRetry }: { readonly message: string; onRetry(): void }): VNode {
  return (
    <section class="banner banner-error" role="alert" aria-label="Not saved">
      <Icon name="alert" />
      <p>It could not be saved: {message}. What is shown here is kept in this browser.</p>
      <div class="banner-actions">
        <button type="button" onClick={onRetry}>Try again</button>
      </div>
    </section>
  );
}
