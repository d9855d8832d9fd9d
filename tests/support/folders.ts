/** Folders of tests. */

/** Removes a folder in which a process that was just killed may still be writing its last file. */
export async function removeFolder(path: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (true) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      const busy = error instanceof Error && /not empty/i.test(error.message);
      if (!busy || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
