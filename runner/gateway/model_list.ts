/** Which models a server has: asked of the server itself, for it alone knows what was put into it. */

/** What a server says. */
export type ModelList =
  /** Names, the first one being what is asked when nobody names a model; at least one. */
  | { readonly models: readonly [string, ...string[]] }
  /** Why there are none, in words that follow the server's name: "does not answer"; and whether it did answer. */
  | { readonly problem: string; readonly isThere: boolean };

/** Longest list that is read, bytes. */
const MOST_BYTES = 4 << 20;
/** Models that answer no questions. */
const NOT_CHAT = /embed|rerank|whisper|tts|moderation/i;

/** The models of an OpenAI-compatible server, in its order. Resolves within `timeout` ms. */
export async function listModels(base_url: string, key: string | null, timeout: number): Promise<ModelList> {
  return await askFor(`${base_url}/models`, key, timeout, "data", "id");
}

/** The models of an Ollama at a base URL of its `/v1`: nothing else that may listen there is taken for one. */
export async function listOllamaModels(base_url: string, timeout: number): Promise<ModelList> {
  return await askFor(`${base_url.replace(/\/v1$/, "")}/api/tags`, null, timeout, "models", "name");
}

async function askFor(
  url: string,
  key: string | null,
  timeout: number,
  list: string,
  name: string,
): Promise<ModelList> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json", ...(key !== null && { authorization: `Bearer ${key}` }) },
      redirect: "manual",
      signal: stop.signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { problem: `answers with status ${response.status}`, isThere: false };
    }
    const text = await bounded(response);
    const [first, ...others] = text === null ? [] : namesIn(text, list, name);
    if (first !== undefined) return { models: [first, ...others] };
    const problem = text === null ? "lists too many models" : "has no model that answers questions";
    return { problem, isThere: true };
  } catch {
    // What fetch throws names the URL, and says no more of use than this.
    const problem = stop.signal.aborted ? `does not answer within ${timeout} ms` : "does not answer";
    return { problem, isThere: false };
  } finally {
    clearTimeout(timer);
  }
}

function namesIn(text: string, list: string, name: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const entries = (value as { readonly [key: string]: unknown } | null)?.[list];
  if (!Array.isArray(entries)) return [];
  return entries.map((entry) => entry?.[name]).filter((each) =>
    typeof each === "string" && each !== "" && each.length <= 200 && !NOT_CHAT.test(each)
  );
}

/** The body, or null where it is too long; what is left of it is not read. */
async function bounded({ body }: Response): Promise<string | null> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
