/**
 * Which hosts live: each holds an exclusive lock on a file under `.hosts/` as long as its process does. The system
 * releases it when the process is gone, however it went.
 */

import { removeIfThere } from "./durable.ts";

/** The locks of hosts on one output folder. */
export class Hosts {
  /** Name of this host. */
  readonly name: string;
  readonly #folder: string;
  #lock: Deno.FsFile | undefined;

  constructor(output: string) {
    this.#folder = `${output}/.hosts`;
    this.name = `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  }

  /** Takes this host's lock; removes those of hosts that are gone. */
  announce(): void {
    if (this.#lock) return;
    Deno.mkdirSync(this.#folder, { recursive: true });
    for (const entry of Deno.readDirSync(this.#folder)) {
      if (entry.isFile && !this.isAlive(entry.name)) removeIfThere(`${this.#folder}/${entry.name}`);
    }
    const path = `${this.#folder}/${this.name}`;
    while (!this.#lock) {
      const file = Deno.openSync(path, { read: true, write: true, create: true });
      file.lockSync(true);
      // Another host that was cleaning up may have removed the file before it was locked.
      if (isSameFile(file, path)) this.#lock = file;
      else file.close();
    }
  }

  /** Whether the host of this name has a living process. */
  isAlive(name: string): boolean {
    if (name === this.name) return true;
    if (!/^[\w-]+$/.test(name)) return false;
    return isLocked(`${this.#folder}/${name}`);
  }

  /** Releases this host's lock. */
  close(): void {
    if (!this.#lock) return;
    removeIfThere(`${this.#folder}/${this.name}`);
    this.#lock.close();
    this.#lock = undefined;
  }
}

/** Whether some process holds the lock on a file. */
export function isLocked(path: string): boolean {
  let file: Deno.FsFile;
  try {
    // flock needs no right to write; a folder that is only readable can still be asked.
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    // Shared, so that two who ask at once do not take each other for the owner.
    return !file.tryLockSync(false);
  } finally {
    file.close();
  }
}

function isSameFile(file: Deno.FsFile, path: string): boolean {
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
