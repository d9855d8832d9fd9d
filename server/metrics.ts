/** Numbers that a server counts, and the text in which Prometheus reads them (exposition format 0.0.4). */

/** Media type of the text. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Something that is told under one name. */
export interface Metric {
  /** Its lines, each with a newline at its end. */
  text(): string;
}

/** Values of labels, in the order of their names. */
type Values = readonly string[];

/** A number that only grows, as long as the process lives; one per set of label values. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #counts = new Map<string, number>();

  /** @param labels names of the labels; without any it is told from the start, as 0 */
  constructor(name: string, help: string, labels: readonly string[] = []) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    if (labels.length === 0) this.#counts.set("", 0);
  }

  add(by: number, ...values: Values): void {
    const key = labelText(this.#labels, values);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  text(): string {
    return family(this.#name, "counter", this.#help, [...this.#counts]);
  }
}

/** Numbers as they are now, looked up when somebody asks. */
export class Gauge implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #look: () => Iterable<readonly [value: number, ...values: Values]>;

  constructor(
    name: string,
    help: string,
    labels: readonly string[],
    look: () => Iterable<readonly [value: number, ...values: Values]>,
  ) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    this.#look = look;
  }

  text(): string {
    const lines = Array.from(this.#look(), ([value, ...values]) => [labelText(this.#labels, values), value] as const);
    return family(this.#name, "gauge", this.#help, lines);
  }
}

/** How often something took how long: counts of what took at most each bound, their number and sum. */
export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { readonly values: Values; readonly counts: number[]; sum: number }>();

  /** @param bounds ascending */
  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    this.#bounds = bounds;
  }

  observe(value: number, ...values: Values): void {
    const key = values.join("\0");
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { values, counts: new Array(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    const at = this.#bounds.findIndex((bound) => value <= bound);
    series.counts[at < 0 ? this.#bounds.length : at]!++;
    series.sum += value;
  }

  text(): string {
    const lines: (readonly [string, number])[] = [];
    for (const { values, counts, sum } of this.#series.values()) {
      let total = 0;
      for (const [i, count] of counts.entries()) {
        total += count;
        const le = i < this.#bounds.length ? String(this.#bounds[i]) : "+Inf";
        lines.push([`_bucket${labelText([...this.#labels, "le"], [...values, le])}`, total]);
      }
      const labels = labelText(this.#labels, values);
      lines.push([`_sum${labels}`, sum], [`_count${labels}`, total]);
    }
    return family(this.#name, "histogram", this.#help, lines);
  }
}

function family(name: string, type: string, help: string, lines: readonly (readonly [string, number])[]): string {
  const told = lines.map(([rest, value]) => `${name}${rest} ${value}\n`).join("");
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${told}`;
}

/** `{provider="openai",outcome="answered"}`; nothing without labels. */
function labelText(names: readonly string[], values: Values): string {
  if (names.length === 0) return "";
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? "")}"`).join(",")}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => character === "\n" ? "\\n" : `\\${character}`);
}
