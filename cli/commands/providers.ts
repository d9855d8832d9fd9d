/** `providers`: which language models can be asked. */

import { type ListedProvider, OFFLINE_MEANING, PRICES_AS_OF, type ProviderList } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatNumber, formatTable, plainText, styled } from "../terminal/mod.ts";

/** Lists all providers, with what each lacks, and says which one is the default. */
export async function providers(terminal: Terminal, options: CommonOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const list = await app.providers();
    terminal.document({ ...list, prices_as_of: PRICES_AS_OF });
    terminal.print(`${styled("default", "bold", terminal.stdoutColor)}  ${plainText(defaultText(list))}`);
    terminal.print();
    printTable(terminal, list.providers);
    terminal.print();
    terminal.print(
      `prices: US dollars per million tokens of prompt and answer; list prices of ${PRICES_AS_OF} where ` +
        "llm-sim.yaml names none",
    );
    return EXIT.ok;
  });
}

/** What a scenario gets that names no provider. */
function defaultText({ default: chosen, why }: ProviderList): string {
  if (chosen === null) return `none: ${why}`;
  const { provider, model } = chosen;
  if (provider === "offline") return `offline: ${OFFLINE_MEANING} (${why})`;
  return `${provider} ${model ?? "without a model"} (${why})`;
}

function printTable(terminal: Terminal, rows: readonly ListedProvider[]): void {
  const columns = [
    { title: "provider", value: ({ name }: ListedProvider) => name, minWidth: 10 },
    {
      title: "usable",
      value: ({ usable }: ListedProvider) => usable ? "yes" : "no",
      style: ({ usable }: ListedProvider) => usable ? "green" as const : "dim" as const,
    },
    { title: "model", value: ({ model }: ListedProvider) => model },
    { title: "why", value: ({ why }: ListedProvider) => why },
    { title: "limits", value: limitsText },
    { title: "prices", value: ({ prices }: ListedProvider) => prices && `${prices.input} / ${prices.output}` },
  ];
  // A pipe has no width.
  const maxWidth = terminal.stdoutIsTerminal ? terminal.columns : 200;
  terminal.print(formatTable(rows, columns, { color: terminal.stdoutColor, maxWidth }));
}

function limitsText({ max_concurrency, rpm, tpm }: ListedProvider): string {
  return [
    ...(max_concurrency === null ? [] : [`${max_concurrency} at once`]),
    ...(rpm === null ? [] : [`${formatNumber(rpm)} calls/min`]),
    ...(tpm === null ? [] : [`${formatNumber(tpm)} tokens/min`]),
  ].join(", ");
}
