/** Segregation by mild preferences (Schelling 1971), as in NetLogo's Segregation (Wilensky 1997) and Mesa's Schelling. */

import type { Rng } from "llm-sim";
import { type World, wrapped } from "./torus.ts";

/** Where households live: their columns. */
export interface Households {
  /** Column of the city, 0 to width − 1. */
  readonly x: Int32Array;
  /** Row of the city, 0 to height − 1. */
  readonly y: Int32Array;
  /** To which group each belongs: any small numbers. */
  readonly group: Uint8Array;
}

/** How unhappy households look for a new home. */
export type Relocation = "anywhere" | "nearby";

/** A household takes another place after so many steps that led to taken ones. */
const STEPS = 1000;

/** Which cell of the city is whose: kept in step with the households' coordinates while they move. */
export class City {
  readonly #world: World;
  readonly #households: Households;
  /** 0: vacant, else group + 1. */
  readonly #cells: Uint8Array;
  readonly #vacant: Int32Array;
  /** Position of each vacant cell in `#vacant`; of taken ones meaningless. */
  readonly #place: Int32Array;

  /**
   * The city in which these households live; moves write to their columns.
   * @throws {RangeError} when two live in the same cell or one outside
   */
  constructor(world: World, households: Households) {
    const { width, height } = world;
    const { x, y, group } = households;
    this.#world = world;
    this.#households = households;
    this.#cells = new Uint8Array(width * height);
    for (let i = 0; i < x.length; i++) {
      const cell = y[i]! * width + x[i]!;
      const inside = x[i]! >= 0 && x[i]! < width && y[i]! >= 0 && y[i]! < height;
      if (!inside || this.#cells[cell] !== 0) {
        throw new RangeError(`household ${i} cannot live in cell ${x[i]},${y[i]} of ${width} × ${height}`);
      }
      this.#cells[cell] = group[i]! + 1;
    }
    this.#vacant = new Int32Array(this.#cells.length - x.length);
    this.#place = new Int32Array(this.#cells.length);
    for (let cell = 0, free = 0; cell < this.#cells.length; cell++) {
      if (this.#cells[cell] !== 0) continue;
      this.#place[cell] = free;
      this.#vacant[free++] = cell;
    }
  }

  /** Share of its neighbours (of 8, across the edges) that are of household `i`'s group; 1 where it has none. */
  similar(i: number): number {
    const { width, height } = this.#world;
    const [x, y] = [this.#households.x[i]!, this.#households.y[i]!];
    const own = this.#households.group[i]! + 1;
    let similar = 0;
    let neighbours = 0;
    for (let dy = -1; dy <= 1; dy++) {
      const row = (y + dy + height) % height * width;
      for (let dx = -1; dx <= 1; dx++) {
        const other = this.#cells[row + (x + dx + width) % width]!;
        if (other === 0 || (dx === 0 && dy === 0)) continue;
        neighbours++;
        if (other === own) similar++;
      }
    }
    return neighbours === 0 ? 1 : similar / neighbours;
  }

  /** Moves household `i` to a vacant cell, if there is any. */
  move(i: number, relocation: Relocation, rng: Rng): void {
    if (this.#vacant.length === 0) return;
    const home = relocation === "nearby" ? this.#walk(i, rng) : undefined;
    this.#settle(i, home ?? this.#vacant[Math.floor(rng.next() * this.#vacant.length)]!);
  }

  /** The vacant cell where a walk of up to 10 cells at a time in random directions ends, or undefined. */
  #walk(i: number, rng: Rng): number | undefined {
    const { width, height } = this.#world;
    let x = this.#households.x[i]! + 0.5;
    let y = this.#households.y[i]! + 0.5;
    for (let step = 0; step < STEPS; step++) {
      const direction = 2 * Math.PI * rng.next();
      const distance = 10 * rng.next();
      x = wrapped(x + distance * Math.cos(direction), width);
      y = wrapped(y + distance * Math.sin(direction), height);
      const cell = Math.floor(y) * width + Math.floor(x);
      if (this.#cells[cell] === 0) return cell;
    }
    return undefined;
  }

  #settle(i: number, home: number): void {
    const { width } = this.#world;
    const { x, y } = this.#households;
    const left = y[i]! * width + x[i]!;
    this.#cells[home] = this.#cells[left]!;
    this.#cells[left] = 0;
    const place = this.#place[home]!;
    this.#vacant[place] = left;
    this.#place[left] = place;
    x[i] = home % width;
    y[i] = Math.floor(home / width);
  }
}

/** Puts households into different cells, all equally likely. @throws {RangeError} when there are more than cells */
export function settleAtRandom({ x, y }: Pick<Households, "x" | "y">, { width, height }: World, rng: Rng): void {
  const cells = width * height;
  if (x.length > cells) throw new RangeError(`${x.length} households do not fit into ${width} × ${height} cells`);
  const free = Int32Array.from({ length: cells }, (_, cell) => cell);
  for (let i = 0; i < x.length; i++) {
    const j = i + Math.floor(rng.next() * (cells - i));
    const cell = free[j]!;
    free[j] = free[i]!;
    x[i] = cell % width;
    y[i] = Math.floor(cell / width);
  }
}
