/** Prompts as tests look into them. */

import type { ChatMessage } from "../../framework/mod.ts";

/** All that a request or a call on a tape says, as one text. */
export function promptOf({ messages }: { readonly messages: readonly Pick<ChatMessage, "content">[] }): string {
  return messages.map(({ content }) => content).join("\n");
}

/** A number as prompts have it: with six significant digits. */
export function asShown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The part of a prompt below the heading `# title`. */
export function sectionOf(prompt: string, title: string): string {
  const start = prompt.indexOf(`\n# ${title}\n`);
  if (start < 0) throw new Error(`no section '${title}' in:\n${prompt}`);
  const body = prompt.slice(start + title.length + 4);
  const end = body.indexOf("\n# ");
  return (end < 0 ? body : body.slice(0, end)).trim();
}
