/** `domains`: what can be simulated. */

import { didYouMean, type DomainDescription, SimError } from "../../framework/mod.ts";
import type { App } from "../../runner/mod.ts";
import { commandLine } from "../command_line.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { displayWidth, plainText, styled } from "../terminal/mod.ts";

/** Lists domains, or shows one. */
export async function domains(
  terminal: Terminal,
  options: CommonOptions & { template?: string },
  [name]: string[],
): Promise<number> {
  if (name === undefined && options.template !== undefined) {
    throw new SimError("usage", `--template ${options.template} needs the name of its domain`, {
      hint: commandLine(["domains", "NAME", "--template", options.template]),
    });
  }
  return await withApp(options, async (app) => {
    if (name === undefined) return await listDomains(app, terminal);
    const description = await app.describeDomain(name);
    if (options.template !== undefined) return printTemplate(terminal, description, options.template);
    terminal.document({ ...description, folder: app.domainFolder(name) });
    printDomain(terminal, description, app.domainFolder(name));
    return EXIT.ok;
  });
}

async function listDomains(app: App, terminal: Terminal): Promise<number> {
  const known = await Promise.all(
    app.domains().map(async (name) => {
      try {
        return { ...(await app.describeDomain(name)), name, error: null };
      } catch (error) {
        if (error instanceof SimError) return { name, error: error.message };
        throw error;
      }
    }),
  );
  terminal.document({ domains: known });
  const color = terminal.stdoutColor;
  const types = (list: readonly { type: string }[]) => list.map(({ type }) => type).join(", ") || "none";
  for (const domain of known) {
    const title = styled(domain.name, "bold", color);
    if (domain.error !== null) {
      terminal.print(`${title}  ${styled("broken", "red", color)}: ${plainText(domain.error)}`);
      continue;
    }
    terminal.print(`${title}  ${plainText(domain.description)}`);
    const { agents, engines, validators } = domain;
    terminal.print(
      plainText(`  agents: ${types(agents)}; engines: ${types(engines)}; validators: ${types(validators)}`),
    );
  }
  return known.some((domain) => domain.error !== null) ? EXIT.failed : EXIT.ok;
}

function printTemplate(terminal: Terminal, description: DomainDescription, name: string): number {
  const template = description.templates[name];
  if (template === undefined) {
    throw new SimError("unknown_template", `domain '${description.name}' has no template '${name}'`, {
      hint: didYouMean(name, Object.keys(description.templates)),
    });
  }
  terminal.document({ template });
  if (!terminal.json) terminal.write(template);
  return EXIT.ok;
}

function printDomain(terminal: Terminal, domain: DomainDescription, folder: string): void {
  const color = terminal.stdoutColor;
  const width = terminal.stdoutIsTerminal ? terminal.columns : Infinity;
  const paragraph = (indent: number, name: string, text: string) => {
    const title = plainText(name);
    const [first, ...rest] = wrapped(`${title}  ${plainText(text)}`, indent, width);
    for (const line of [first!.replace(title, () => styled(title, "cyan", color)), ...rest]) terminal.print(line);
  };
  terminal.print(`${styled(domain.name, "bold", color)}  ${plainText(domain.description)}`);
  terminal.print(`folder     ${folder}`);
  terminal.print(`templates  ${plainText(Object.keys(domain.templates).join(", ")) || "none"}`);
  const kinds = { agents: domain.agents, engines: domain.engines, validators: domain.validators };
  for (const [kind, list] of Object.entries(kinds)) {
    terminal.print();
    terminal.print(styled(kind, "bold", color));
    for (const component of list) {
      const isPopulation = "kind" in component && component.kind === "population";
      paragraph(2, component.type, `${isPopulation ? "(population) " : ""}${component.description}`);
      for (const [path, setting] of settingsOf(component.config as Setting)) paragraph(4, path, settingText(setting));
    }
  }
}

/** The part of JSON Schema that describes settings. */
interface Setting {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly properties?: { readonly [key: string]: Setting };
}

/** Settings by dotted path, those inside of others included. */
function settingsOf(schema: Setting, base = ""): [path: string, setting: Setting][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, setting]) => [
    [`${base}${key}`, setting] as [string, Setting],
    ...settingsOf(setting, `${base}${key}.`),
  ]);
}

function settingText(setting: Setting): string {
  const kind = setting.enum ? setting.enum.join(" | ") : [setting.type ?? "any"].flat().join(" | ");
  const byDefault = setting.default === undefined || setting.properties
    ? ""
    : `, default ${JSON.stringify(setting.default)}`;
  return `${kind}${boundsText(setting)}${byDefault}${
    setting.description === undefined ? "" : `; ${setting.description}`
  }`;
}

function boundsText({ minimum, maximum }: Setting): string {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` ≥ ${low}`;
  return high === undefined ? "" : ` ≤ ${high}`;
}

/** `text` in lines of at most `width` columns, indented, those after the first one more. */
function wrapped(text: string, indent: number, width: number): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line.trimEnd());
      [line, isEmpty] = [" ".repeat(indent + 4), true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
