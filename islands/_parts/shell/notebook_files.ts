/** Notebook files: made, renamed and removed from the shell. */

import { api } from "../api.ts";
import { notebookUrl } from "./tree_model.ts";
import { refreshTree } from "./tree_store.ts";
import { toast, toastError } from "./toasts.ts";

interface StoredNotebook {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

/** Where a notebook that was removed is kept until the next page has offered to bring it back. */
const REMOVED = "llm-sim removed notebook";

/** `notes/first` → `notes/first.md`. */
export function notebookPath(typed: string): string {
  const path = typed.trim().replace(/^\/+|\/+$/g, "");
  return /\.md$/i.test(path) ? path : `${path}.md`;
}

/** An empty notebook's text. */
export function emptyNotebook(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/i, "").replace(/[_-]+/g, " ").trim();
  const title = name === "" ? "Untitled" : name[0]!.toUpperCase() + name.slice(1);
  return `---\nnotebook: 1\ntitle: ${JSON.stringify(title)}\n---\n\n# ${title}\n`;
}

/** Makes an empty notebook and opens it. @throws {ApiError} when there is one of this name, or it cannot be */
export async function createNotebook(typed: string): Promise<void> {
  const path = notebookPath(typed);
  await write(path, emptyNotebook(path));
  location.assign(notebookUrl(path));
}

/** Makes a notebook from a starter (or `scenario`, `run`, `batch`) and opens it, as the forms of the home page do. */
export function makeNotebook(field: string, value: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/";
  const input = document.createElement("input");
  [input.type, input.name, input.value] = ["hidden", field, value];
  form.append(input);
  document.body.append(form);
  form.submit();
}

/** Renames a notebook; if it is the page that is shown, goes to its new address. @throws {ApiError} */
export async function renameNotebook(path: string, typed: string, here: string): Promise<void> {
  const to = notebookPath(typed);
  await api(addressOf(path), { body: { action: "rename", to } });
  if (here === notebookUrl(path)) location.assign(notebookUrl(to) + location.search);
  else await refreshTree();
}

/** Removes a notebook, and offers to bring it back. @throws {ApiError} */
export async function removeNotebook(path: string, here: string): Promise<void> {
  const stored = await api<StoredNotebook>(addressOf(path));
  await api(addressOf(path), { method: "DELETE", headers: { "if-match": `"${stored.hash}"` } });
  if (here !== notebookUrl(path)) {
    offerBack(stored);
    return await refreshTree();
  }
  sessionStorage.setItem(REMOVED, JSON.stringify(stored));
  location.assign("/");
}

/** Offers to bring back what was removed on the page before. */
export function offerRemoved(): void {
  const text = sessionStorage.getItem(REMOVED);
  if (text === null) return;
  sessionStorage.removeItem(REMOVED);
  offerBack(JSON.parse(text));
}

function offerBack({ path, text }: StoredNotebook): void {
  const bringBack = () =>
    void write(path, text).then(refreshTree).catch((error) => toastError(`${path} was not brought back`, error));
  toast({ text: `${path} is deleted`, kind: "done", action: { label: "Undo", run: bringBack } });
}

async function write(path: string, text: string): Promise<void> {
  await api(addressOf(path), { method: "PUT", headers: { "if-none-match": "*" }, body: { text } });
}

function addressOf(path: string): string {
  return `/api${notebookUrl(path)}`;
}
