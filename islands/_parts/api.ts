/** The verbs of the server's REST API that pages need. */

import type {
  Batch,
  BatchRow,
  BatchSummary,
  CertificateReport,
  ConversationOutline,
  ConversationQuote,
  ConversationRun,
  Row,
  SimulatedTurn,
} from "./types.ts";

/** An answer that is none: what is wrong, and what to do about it. */
export class ApiError extends Error {
  /** Of the response; 0: there was none. */
  readonly status: number;
  /** Stable name, in snake case. */
  readonly code: string;
  readonly hint: string | undefined;
  /** The whole problem, as the server gave it. */
  readonly problem: { readonly [member: string]: unknown };

  constructor(status: number, code: string, message: string, hint?: string, problem: ApiError["problem"] = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.problem = problem;
  }
}

/** A request. */
export interface ApiRequest {
  /** Default: GET, or POST where there is a body. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

let onAnswer: () => void = () => {};

/** Has `listener` called whenever the server has answered anything; there is one. */
export function listenToAnswers(listener: () => void): void {
  onAnswer = listener;
}

/**
 * The JSON that the server answers.
 * @throws {ApiError} what the server says is wrong; `offline` where it says nothing
 */
export async function api<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const answer = await send(path, request);
  onAnswer();
  return await readAnswer(answer) as T;
}

/** The response, whatever it is. @throws {ApiError} `offline` */
export async function send(path: string, { method, body, headers, signal }: ApiRequest = {}): Promise<Response> {
  const init: RequestInit = {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  };
  try {
    return await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "offline", "the server does not answer", "look whether it still runs, then try again");
  }
}

/** The JSON of a response. @throws {ApiError} when it is a problem */
export async function readAnswer(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const said: unknown = await response.json().catch(() => null);
  if (response.ok) return said;
  const problem = (typeof said === "object" && said !== null ? said : {}) as { readonly [member: string]: unknown };
  const told = (member: string) => typeof problem[member] === "string" ? problem[member] as string : undefined;
  throw new ApiError(
    response.status,
    told("code") ?? `http_${response.status}`,
    told("detail") ?? told("title") ?? `the server answered with status ${response.status}`,
    told("hint") ?? hintOf(response.status),
    problem,
  );
}

function hintOf(status: number): string | undefined {
  if (status === 401) return "sign in again";
  if (status === 403) return "ask for a key that may do this";
  if (status === 429) return "wait a moment, then try again";
  return undefined;
}

const simulation = (runId: string, verb = "") => `/api/simulations/${encodeURIComponent(runId)}${verb}`;
const batch = (batchId: string, verb = "") => `/api/batches/${encodeURIComponent(batchId)}${verb}`;
const conversation = (runId: string, verb = "") => `/simulation/${encodeURIComponent(runId)}${verb}`;

/** Verbs of one run. */
export const runs = {
  pause: (runId: string) => api(simulation(runId, "/pause"), { body: {} }),
  /** Plays one turn. */
  step: (runId: string) => api(simulation(runId, "/advance"), { body: {} }),
  resume: (runId: string) => api(simulation(runId, "/resume"), { body: {} }),
  cancel: (runId: string) => api(simulation(runId), { method: "DELETE" }),
  /** @param turn the last turn that both have in common */
  fork: (runId: string, turn: number, change: { readonly [key: string]: unknown } = {}) =>
    api<{ readonly run_id: string }>(simulation(runId, "/fork"), { body: { turn, ...change } }),
  /** Rows of a run's turns after `after`, all if it is null. */
  rows: async (runId: string, after: number | null): Promise<readonly Row[]> => {
    const rows = await api<readonly Row[]>(simulation(runId, after === null ? "/metrics" : `/metrics?after=${after}`));
    return after === null ? rows : rows.filter(({ turn }) => Number(turn) > after);
  },
  /** Has a person decide for an agent, or its rule again, from the next turn on. */
  handOver: (runId: string, agent: string, controller: "human" | "rule") =>
    api(simulation(runId, `/controllers/${encodeURIComponent(agent)}`), { method: "PUT", body: { controller } }),
  decide: (runId: string, agent: string, action: unknown) =>
    api(simulation(runId, "/decisions"), { body: { agent, action } }),
} as const;

/** A batch as the API has it. */
export type ApiBatch = Omit<Batch, "id" | "cells" | "runs"> & {
  readonly batch_id: string;
  readonly cells: readonly Batch["cells"][number][];
  readonly runs: Batch["runs"];
  readonly summary: BatchSummary | null;
};

/** Rows of one page of results. */
const PAGE = 1000;

/** Verbs of one batch. */
export const batches = {
  get: (batchId: string, summary: boolean) => api<ApiBatch>(batch(batchId, summary ? "?summary=true" : "")),
  results: async (batchId: string): Promise<readonly BatchRow[]> => {
    const rows: BatchRow[] = [];
    for (;;) {
      const after = rows.at(-1)?.n;
      const page = await api<readonly BatchRow[]>(
        batch(batchId, `/results?limit=${PAGE}${after === undefined ? "" : `&after=${after}`}`),
      );
      rows.push(...page);
      if (page.length < PAGE) return rows;
    }
  },
  /** @param now parks the runs that play */
  pause: (batchId: string, now: boolean) => api(batch(batchId, "/pause"), { body: { now } }),
  resume: (batchId: string) => api(batch(batchId, "/resume"), { body: {} }),
  cancel: (batchId: string) => api(batch(batchId), { method: "DELETE" }),
  /** @param more seeds for every cell */
  extend: (batchId: string, more: number) => api(batch(batchId, "/extend"), { body: { more } }),
} as const;

/** What came of playing a turn. */
export interface Advanced {
  readonly run: ConversationRun;
  /** Null: the user had nothing more to say, or a person is waited for. */
  readonly turn: SimulatedTurn | null;
  /** Whether a person is to speak. */
  readonly waiting: boolean;
}

/** Verbs of one conversation. */
export const conversations = {
  get: async (runId: string) => (await api<{ readonly run: ConversationRun }>(conversation(runId))).run,
  /** @param turn which is played unless it has been: two who ask at once play one */
  advance: (runId: string, turn?: number) =>
    api<Advanced>(conversation(runId, "/advance"), { body: turn === undefined ? {} : { turn } }),
  /** What is talked about, as it was after a turn. */
  outline: (runId: string, turn: number, signal: AbortSignal) =>
    api<ConversationOutline>(conversation(runId, `/outline?turn=${turn}`), { signal }),
  /** What a start would be, and take. */
  quote: (request: unknown, signal: AbortSignal) =>
    api<ConversationQuote>("/simulation/quote", { body: request, signal }),
  cancel: async (runId: string) =>
    (await api<{ readonly run: ConversationRun }>(conversation(runId, "/cancel"), { body: {} })).run,
  rejudge: async (runId: string, request: { readonly [key: string]: unknown } = {}) =>
    (await api<{ readonly run: ConversationRun }>(conversation(runId, "/rejudge"), { body: request })).run,
  label: async (runId: string, turn: number, alignment: string, note?: string) =>
    (await api<{ readonly run: ConversationRun }>(conversation(runId, `/turns/${turn}/label`), {
      method: "PUT",
      body: { alignment, ...(note && { note }) },
    })).run,
  certificates: () => api<CertificateReport>("/simulation/certificate"),
  /** Takes back what people have said of a turn. */
  unlabel: async (runId: string, turn: number) =>
    (await api<{ readonly run: ConversationRun }>(conversation(runId, `/turns/${turn}/label`), { method: "DELETE" }))
      .run,
} as const;
