/** What a person has set for this browser. */

import { effect, type Signal, signal } from "@preact/signals";

/** Whether single letters on a focused cell are commands. */
export const letters = kept("llm-sim:letters", true);
/** Whether Tab indents in editors, and does not lead on. */
export const tabIndents = kept("llm-sim:tab-indents", false);
/** Whether the panel at the right is shown. */
export const panelShown = kept("llm-sim:panel", true);

/** A switch that survives the page. */
function kept(name: string, standard: boolean): Signal<boolean> {
  return Object.assign(signal(standard), { keptAs: name });
}

/** Reads the settings, and keeps them from now on. In the browser only, after the page has come to life. */
export function loadSettings(storage: Pick<Storage, "getItem" | "setItem">): () => void {
  const stops = [letters, tabIndents, panelShown].map((setting) => {
    const { keptAs } = setting as unknown as { readonly keptAs: string };
    const said = storage.getItem(keptAs);
    if (said !== null) setting.value = said === "on";
    return effect(() => {
      const now = setting.value ? "on" : "off";
      if (storage.getItem(keptAs) !== null || now !== said) storage.setItem(keptAs, now);
    });
  });
  return () => stops.forEach((stop) => stop());
}
