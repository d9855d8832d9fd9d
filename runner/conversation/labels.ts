/** What people say of turns: it counts more than a verdict, and shows what a judge is worth. */

import { SimError } from "../../framework/mod.ts";
import { type LabelLine, type LabelRecord, labelRecordSchema, type RunStore } from "../store/mod.ts";
import { z } from "zod";

/** A label as it is given: when, is for {@linkcode TurnLabels} to say. */
export type NewLabel = Omit<LabelRecord, "at">;

/**
 * Labels of turns. Of several for one turn of one run the last one counts, none where that one takes them back; all stay
 * in the file.
 */
export class TurnLabels {
  readonly #store: Pick<RunStore, "appendLabel" | "labels">;
  readonly #now: () => Date;

  /** Labels that `store` keeps, given at the time that `now` says. */
  constructor(store: Pick<RunStore, "appendLabel" | "labels">, now: () => Date = () => new Date()) {
    this.#store = store;
    this.#now = now;
  }

  /** Labels a turn; on disk when it resolves. @throws {SimError} `bad_turn_label`, `disk_full`, `output_not_writable` */
  async put(label: NewLabel): Promise<LabelRecord> {
    return await this.#append(label) as LabelRecord;
  }

  /** Takes back what was said of a turn; likewise on disk. @throws {SimError} as {@linkcode TurnLabels.put} */
  async takeBack(label: Pick<LabelRecord, "run_id" | "turn" | "by">): Promise<void> {
    await this.#append({ ...label, alignment: null });
  }

  /** The labels of a run that count, by turn. */
  async of(runId: string): Promise<LabelRecord[]> {
    const { byRun } = await this.#store.labels();
    return byTurn(byRun.get(runId));
  }

  /** All labels that count, by run and turn. */
  async all(): Promise<LabelRecord[]> {
    const { byRun } = await this.#store.labels();
    return [...byRun.keys()].sort().flatMap((runId) => byTurn(byRun.get(runId)));
  }

  /** How many lines of the file are no label, and count for nothing. */
  async badLines(): Promise<number> {
    return (await this.#store.labels()).bad_lines;
  }

  async #append(label: Omit<LabelLine, "at">): Promise<LabelLine> {
    const read = labelRecordSchema.safeParse({ ...label, at: this.#now().toISOString() });
    if (!read.success) {
      throw new SimError("bad_turn_label", `that is no label of a turn: ${z.prettifyError(read.error)}`, {
        hint: "give run_id, turn (from 1), alignment (aligned, misaligned or unclear), by and, if need be, a note",
      });
    }
    await this.#store.appendLabel(read.data);
    return read.data;
  }
}

function byTurn(ofRun: ReadonlyMap<number, LabelRecord> = new Map()): LabelRecord[] {
  return [...ofRun.values()].sort((a, b) => a.turn - b.turn);
}
