/** The files a scenario refers to, each read once by the host. */

import { SimError } from "../issue.ts";
import { SCENARIO_LIMITS } from "./limits.ts";

/**
 * Reads the file that `reference` names in the file `from`, contained in the places that scenarios may read.
 * @throws {SimError} when it is missing or outside of them
 */
export type ReadFile = (reference: string, from: string) => Promise<{ file: string; text: string }>;

/** A referenced file as `config.json` keeps it. */
export interface ReferencedFile {
  /** SHA-256 of the text in UTF-8, hexadecimal. */
  readonly sha256: string;
  readonly text: string;
}

/** Reads each reference once and keeps what was read. */
export class ReferencedFiles {
  readonly #readFile: ReadFile;
  readonly #read = new Map<string, Promise<{ file: string; text: string }>>();
  readonly #kept = new Map<string, ReferencedFile>();

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  /** The file's name and text. @throws {SimError} what the host throws, or `file_too_large` */
  read(reference: string, from: string): Promise<{ file: string; text: string }> {
    const key = `${from}\0${reference}`;
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const reading = this.#readAndKeep(reference, from);
    this.#read.set(key, reading);
    return reading;
  }

  /** All files read so far by name. */
  kept(): { readonly [file: string]: ReferencedFile } {
    return Object.fromEntries(this.#kept);
  }

  async #readAndKeep(reference: string, from: string): Promise<{ file: string; text: string }> {
    const { file, text } = await this.#readFile(reference, from);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > SCENARIO_LIMITS.referenced_bytes) {
      const message =
        `'${file}' has ${bytes.length} bytes; a referenced file has at most ${SCENARIO_LIMITS.referenced_bytes}`;
      throw new SimError("file_too_large", message, { hint: "reduce it, or split it" });
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    this.#kept.set(file, { sha256: digest.toHex(), text });
    return { file, text };
  }
}
