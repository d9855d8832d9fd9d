/** `domains`: what can be simulated. */

import { didYouMean, type DomainDescription, SimError } from "../../framework/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { styled } from "../terminal/mod.ts";

/** Lists domains, or shows one. */
export async function domains(
  terminal: Terminal,
  options: CommonOptions & { template?: string },
  [name]: string[],
): Promise<number> {
  return await withApp(options, async (app) => {
    if (name !== undefined) {
      const description = await app.describeDomain(name);
      if (options.template !== undefined) return printTemplate(terminal, description, options.template);
      terminal.document({ ...description, folder: app.domainFolder(name) });
      printDomain(terminal, description, app.domainFolder(name));
      return EXIT.ok;
    }
    const known = await Promise.all(
      app.domains().map(async (each) => {
        try {
          return { ...(await app.describeDomain(each)), name: each, error: null };
        } catch (error) {
          if (error instanceof SimError) return { name: each, error: error.message };
          throw error;
        }
      }),
    );
    terminal.document({ domains: known });
    for (const domain of known) {
      const title = styled(domain.name, "bold", terminal.stdoutColor);
      if (domain.error !== null) {
        terminal.print(`${title}  ${styled("broken", "red", terminal.stdoutColor)}: ${domain.error}`);
      } else {
        const types = (list: readonly { type: string }[]) => list.map(({ type }) => type).join(", ") || "none";
        terminal.print(`${title}  ${domain.description}`);
        terminal.print(
          `  agents: ${types(domain.agents)}; engines: ${types(domain.engines)}; validators: ${
            types(domain.validators)
          }`,
        );
      }
    }
    return known.some((domain) => domain.error !== null) ? EXIT.failed : EXIT.ok;
  });
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
  terminal.print(`${styled(domain.name, "bold", color)}  ${domain.description}`);
  terminal.print(`folder     ${folder}`);
  terminal.print(`templates  ${Object.keys(domain.templates).join(", ") || "none"}`);
  for (
    const [kind, list] of [["agents", domain.agents], ["engines", domain.engines], [
      "validators",
      domain.validators,
    ]] as const
  ) {
    terminal.print();
    terminal.print(styled(kind, "bold", color));
    for (const component of list) {
      terminal.print(`  ${component.type}  ${component.description}`);
      const properties = (component.config.properties ?? {}) as { [key: string]: Setting };
      for (const [key, setting] of Object.entries(properties)) terminal.print(`    ${key}: ${settingText(setting)}`);
    }
  }
}

interface Setting {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

function settingText(setting: Setting): string {
  const kind = setting.enum ? setting.enum.join(" | ") : setting.type ?? "any";
  const bounds = setting.minimum === undefined && setting.maximum === undefined
    ? ""
    : ` from ${setting.minimum ?? "-∞"} to ${setting.maximum ?? "∞"}`;
  const byDefault = setting.default === undefined ? "" : `, default ${JSON.stringify(setting.default)}`;
  return `${kind}${bounds}${byDefault}${setting.description === undefined ? "" : `; ${setting.description}`}`;
}
