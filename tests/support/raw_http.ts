/** HTTP as it goes over the wire: for what `fetch` does not let one say, `Host` and `Origin` above all. */

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name; of a header that is there twice the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A request in words. */
export interface RawRequest {
  /** Default GET. */
  readonly method?: string;
  /** Path, or whatever else is to stand in the first line. */
  readonly target: string;
  /** In this order; nothing is added but `Connection: close`, and the length of a body. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Sends exactly this to the server at `url`, and returns what comes back. */
export async function rawRequest(url: string, request: RawRequest): Promise<RawAnswer> {
  const { method = "GET", target, headers, body } = request;
  const length = body === undefined ? [] : [["Content-Length", String(new TextEncoder().encode(body).length)] as const];
  const lines = [...headers, ...length, ["Connection", "close"] as const].map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  return await rawBytes(url, `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`);
}

function ifReset(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) return null;
  throw error;
}

/** Sends bytes, and reads until the server closes. */
export async function rawBytes(url: string, text: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) {
    const written = await connection.write(bytes.subarray(sent)).catch(ifReset);
    if (written === null) break;
    sent += written;
  }
  let answer = "";
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  while (true) {
    // A server that has said all it wants to say need not listen to the rest.
    const read = await connection.read(buffer).catch(ifReset);
    if (read === null) break;
    answer += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  return {
    status: Number(first.split(" ")[1]),
    headers: new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    })),
    body: rest.join("\r\n\r\n"),
  };
}
