/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What has to be answered: a draft that was found, a file that is gone or cannot be written, two texts that differ. */

import type { VNode } from "preact";
import { DraftBanner, RefusedBanner } from "../file_banners.tsx";
import { Icon } from "../icons.tsx";
import { ConflictView } from "../notebook/conflict_view.tsx";
import type { Region } from "../notebook/sync.ts";
import type { ScenarioSession } from "./session.ts";

/** All that the page asks. */
export function Banners({ session }: { readonly session: ScenarioSession }): VNode {
  const state = session.save.value;
  const found = session.found.value;
  return (
    <div class="banners scenario-banners">
      {found !== null && <DraftBanner at={found.draft.at} onAnswer={(take) => session.answerDraft(take)} />}
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
      {state.type === "refused" && <RefusedBanner message={state.message} onRetry={() => void session.store()} />}
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
