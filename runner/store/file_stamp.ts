/** Tells files that have been replaced from those that have not. */

/** Milliseconds within which what is on the disk may change again without its time telling it. */
export const CLOCK_GRAIN = 100;

/** Changes with every replacement of the file: it is renamed into place, so its inode is another. Null: it is not there. */
export function fileStamp(path: string): string | null {
  const info = fileInfo(path);
  return info && stampOf(info);
}

/** What the system says of a file; null: it is not there. */
export function fileInfo(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** Of what the system says of a file. */
export function stampOf({ mtime, size, ino }: Deno.FileInfo): string {
  return `${mtime?.getTime()}:${size}:${ino}`;
}
