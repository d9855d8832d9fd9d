/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has to be answered: a draft that was found, a file that is gone or cannot be written, two texts that differ. */

import type { VNode } from "preact";
import { Icon } from "../icons.tsx";
import { ConflictView } from "../notebook/conflict_view.tsx";
import type { Region } from "../notebook/sync.ts";
import { moment } from "../number_format.tsx";
import type { ScenarioSession } from "./session.ts";

/** All that the page asks. */
export function Banners({ session }: { readonly session: ScenarioSession }): VNode {
  const state = session.save.value;
  const found = session.found.value;
  return (
    <div class="banners scenario-banners">
      {found !== null && (
        <section class="banner" role="alert" aria-label="Unsaved changes">
          <Icon name="info" />
          <p>This page was closed with changes that are not on disk, from {moment(found.draft.at)}.</p>
          <div class="banner-actions">
            <button type="button" class="first" onClick={() => session.answerDraft(true)}>Take them up</button>
            <button type="button" onClick={() => session.answerDraft(false)}>Drop them</button>
          </div>
        </section>
      )}
      {state.type === "gone" && (
        <section class="banner" role="alert" aria-label="The file is gone">
          <Icon name="alert" />
          <p>
            {session.isDeleted.value ? "It is deleted." : "The file was deleted or renamed."}{" "}
            What is shown here is kept in this browser.
          </p>
          <div class="banner-actions">
            {session.mayEdit && (
              <button type="button" class="first" onClick={() => void session.restore()}>
                {session.isDeleted.value ? "Undo" : "Save it again"}
              </button>
            )}
            <a class="button" href="/scenarios">All scenarios</a>
          </div>
        </section>
      )}
      {state.type === "refused" && (
        <section class="banner banner-error" role="alert" aria-label="Not saved">
          <Icon name="alert" />
          <p>It could not be saved: {state.message}. What is shown here is kept in this browser.</p>
          <div class="banner-actions">
            <button type="button" onClick={() => void session.store()}>Try again</button>
          </div>
        </section>
      )}
      {state.type === "conflict" && (
        <ConflictView
          conflict={state.conflict}
          note="Somebody else has changed the same lines on disk. Saving waits for your answer."
          where={(region) => sectionOf(state.conflict.mixed, region)}
          onResolve={(text) => session.resolve(text, state.conflict)}
        />
      )}
    </div>
  );
}

/** The section of the file that a region is in: `engine`. */
function sectionOf(mixed: readonly (string | Region)[], region: Region): string | null {
  const above = mixed.slice(0, mixed.indexOf(region)).map((part) => typeof part === "string" ? part : part.mine);
  const first = region.mine.split("\n", 1)[0]!;
  return [...`${above.join("")}${first}`.matchAll(/^([\w-]+):/gm)].at(-1)?.[1] ?? null;
}
