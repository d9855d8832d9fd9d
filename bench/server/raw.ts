/** The smallest client there can be: one connection that is kept, and as little work per request as possible. */

const encoder = new TextEncoder();

/** A connection on which requests follow each other. */
export class Connection implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #host: string;
  readonly #buffer = new Uint8Array(1 << 18);
  readonly #requests = new Map<string, Uint8Array>();

  private constructor(connection: Deno.TcpConn, host: string) {
    connection.setNoDelay();
    this.#connection = connection;
    this.#host = host;
  }

  static async open(port: number): Promise<Connection> {
    return new Connection(await Deno.connect({ hostname: "127.0.0.1", port }), `127.0.0.1:${port}`);
  }

  /** Asks, reads all of the answer, and returns its body. @throws {Error} when it is not a 200 of known length */
  async get(path: string): Promise<Uint8Array> {
    let request = this.#requests.get(path);
    if (request === undefined) {
      request = encoder.encode(`GET ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n\r\n`);
      this.#requests.set(path, request);
    }
    await this.#connection.write(request);
    let read = 0;
    let end = -1;
    while (end < 0 || read < end) {
      const more = await this.#connection.read(this.#buffer.subarray(read));
      if (more === null) throw new Error(`the connection was closed: ${path}`);
      read += more;
      if (end >= 0) continue;
      const text = new TextDecoder("latin1").decode(this.#buffer.subarray(0, Math.min(read, 4096)));
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) continue;
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      if (!text.startsWith("HTTP/1.1 200") || length === undefined) throw new Error(`${path}: ${text.slice(0, 300)}`);
      end = head + 4 + Number(length);
      this.#start = head + 4;
    }
    return this.#buffer.subarray(this.#start, end);
  }
  #start = 0;

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
