/** Writing files so that a crash leaves the old content or the new one. */

/** Replaces `path` by `content`: written beside it, synced, renamed. The folder still has to be synced. */
export function writeDurably(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const file = Deno.openSync(temporary, { write: true, create: true, truncate: true });
    try {
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    // On a full disk half a file would only take up room.
    removeIfThere(temporary);
    throw error;
  }
}

/**
 * Writes a file to take the place of another: synced without holding anybody up. Renaming it is left to the caller, and
 * removing it where that does not happen.
 */
export async function writeAside(path: string, content: string): Promise<void> {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const bytes = new TextEncoder().encode(content);
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  await file.sync();
}

/** Makes renames and removals in `folder` durable. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  const handle = Deno.openSync(folder, { read: true });
  try {
    handle.syncSync();
  } finally {
    handle.close();
  }
}

/** Removes a folder and what is in it, if it is there. */
export function removeTree(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a file if it is there. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
}
