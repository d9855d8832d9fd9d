/** Whether a file that was downloaded says what it did: seals of wishes, numbers of certificates, and what the server has now. */

import { type ApiError, conversations } from "../api.ts";
import type { CertificateReport, ConversationRun, SimulatedTurn } from "../types.ts";

/** One thing that was looked at. */
export interface Finding {
  /** Null: it cannot be told. */
  readonly holds: boolean | null;
  readonly text: string;
}

/** What of the server is held against a file. */
export interface VerifyEnv {
  conversation(runId: string): Promise<ConversationRun>;
  certificates(): Promise<CertificateReport>;
  /** SHA-256 in hexadecimal digits; null: this page may not compute it. */
  sha256(text: string): Promise<string | null>;
}

/** The browser and its server. */
export const BROWSER: VerifyEnv = {
  conversation: conversations.get,
  certificates: conversations.certificates,
  sha256: async (text) => {
    // Browsers have it where the page came over https, or from this machine.
    if (globalThis.crypto?.subtle === undefined) return null;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};

/** What is to be said of a file: a conversation as JSON, or certificates of judges. */
export async function verifyFile(text: string, env: VerifyEnv = BROWSER): Promise<Finding[]> {
  const file = parsed(text);
  if (file !== null && Array.isArray(file.turns) && typeof file.run_id === "string") {
    return await verifyConversation(file as unknown as ConversationRun, env);
  }
  if (file !== null && Array.isArray(file.labelled) && Array.isArray(file.own)) {
    return await verifyCertificates(file as unknown as CertificateReport, env);
  }
  return [{ holds: null, text: "This is no file of a conversation, and none of certificates: download one as JSON." }];
}

async function verifyConversation(file: ConversationRun, env: VerifyEnv): Promise<Finding[]> {
  return [await sealsOf(file.turns, env), await sameAsHere(file, env)];
}

/** Whether the wishes are those that were sealed before the agent was asked. */
export async function sealsOf(turns: readonly SimulatedTurn[], env: VerifyEnv = BROWSER): Promise<Finding> {
  const broken: number[] = [];
  for (const { index, simulated_user: user } of turns) {
    const { desired_action, message, salt, seal } = user ?? {};
    const digest = await env.sha256(canonical({ desired_action, message, salt }));
    if (digest === null) {
      return { holds: null, text: "Seals can be checked where the page comes over https, or from this machine." };
    }
    if (digest !== seal) broken.push(index);
  }
  if (broken.length > 0) {
    return { holds: false, text: `What was said or wanted is not what was sealed: ${turnsText(broken)}.` };
  }
  return { holds: true, text: `${turns.length === 1 ? "1 seal holds" : `All ${turns.length} seals hold`}.` };
}

async function sameAsHere(file: ConversationRun, env: VerifyEnv): Promise<Finding> {
  try {
    const { turns } = await env.conversation(file.run_id);
    const differing = file.turns.filter((turn, i) => canonical(essence(turn)) !== canonical(essence(turns[i])))
      .map(({ index }) => index);
    if (differing.length > 0) return { holds: false, text: `This server has it otherwise: ${turnsText(differing)}.` };
    return turns.length === file.turns.length
      ? { holds: true, text: "This server has the same turns with the same verdicts." }
      : { holds: true, text: `The same as here, as far as it goes: this server has ${turns.length} turns.` };
  } catch (error) {
    const { code, message } = error as ApiError;
    const isUnknown = code === "unknown_run" || code === "no_conversation";
    return { holds: null, text: isUnknown ? "This server does not have the conversation (any more)." : message };
  }
}

/** What of a turn does not change when it has been played. */
function essence(turn: SimulatedTurn | undefined): unknown {
  if (turn === undefined) return null;
  const { index, simulated_user, chat_agent, judge } = turn;
  return { index, simulated_user, chat_agent, judge };
}

function turnsText(turns: readonly number[]): string {
  return `turn${turns.length === 1 ? "" : "s"} ${turns.slice(0, 10).join(", ")}${turns.length > 10 ? " …" : ""}`;
}

async function verifyCertificates(file: CertificateReport, env: VerifyEnv): Promise<Finding[]> {
  const all = (report: CertificateReport) => [
    ...report.labelled.map((each) => ({ ...each, name: `${each.judge}, on the labelled turns` })),
    ...report.own.map((each) => ({ ...each, name: `${each.judge}, on turns of this host` })),
  ];
  const here = await env.certificates().then(all).catch(() => null);
  return all(file).flatMap(({ name, certificate }): Finding[] => {
    const now = here?.find((each) => each.name === name);
    return [
      numbersOf(name, certificate),
      now === undefined
        ? { holds: null, text: `${name}: ${here === null ? "the server does not answer" : "this server has none"}.` }
        : canonical(now.certificate) === canonical(certificate)
        ? { holds: true, text: `${name}: the same as here.` }
        : { holds: null, text: `${name}: this server has come to other numbers since.` },
    ];
  });
}

type Certificate = CertificateReport["own"][number]["certificate"];

/** Whether agreement and κ are those of the table that they are told with. */
function numbersOf(name: string, { confusion, kappa, agreement, n }: Certificate): Finding {
  const found = kappaOf(confusion);
  const isSame = (a: number | null, b: number | null) => a === b || a !== null && b !== null && Math.abs(a - b) < 1e-9;
  const holds = found.n === n && isSame(found.agreement, agreement.estimate) && isSame(found.kappa, kappa.kappa);
  return { holds, text: `${name}: agreement and κ are ${holds ? "" : "not "}those of its table of ${n} turns.` };
}

/** Cohen's κ of a square table. Source: J. Cohen (1960), Educational and Psychological Measurement 20:37-46. */
function kappaOf(table: readonly (readonly number[])[]): {
  readonly n: number;
  readonly agreement: number | null;
  readonly kappa: number | null;
} {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const n = sum(table.flat());
  if (n === 0) return { n, agreement: null, kappa: null };
  const agreement = sum(table.map((row, i) => row[i] ?? 0)) / n;
  const chance = sum(table.map((row, i) => sum(row) * sum(table.map((each) => each[i] ?? 0)))) / n ** 2;
  return { n, agreement, kappa: 1 - chance < 1e-12 ? null : (agreement - chance) / (1 - chance) };
}

/** JSON in which equal values have equal texts (RFC 8785): what seals are taken of. What is undefined is left out. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1);
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

function parsed(text: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as { readonly [key: string]: unknown } : null;
  } catch {
    return null;
  }
}
