/** Addresses of servers, as configuration and environment give them. */

/** What is wrong with the base URL of a server, in words that follow its name; null: nothing. */
export function urlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return "must be a URL that begins with http:// or https://";
  if (url.username !== "" || url.password !== "") {
    return "must hold no user name or password: a variable holds the key, and api_key_env names it";
  }
  return url.search === "" && url.hash === "" ? null : "must hold neither '?' nor '#'";
}

/** A base URL without slashes at its end. */
export function withoutSlash(base_url: string): string {
  return base_url.replace(/\/+$/, "");
}

/** The base URL that `OLLAMA_HOST` stands for, read as Ollama itself reads it: `host`, `:port`, `host:port`, a URL. */
export function ollamaUrl(text: string): string {
  const [, scheme, place = "", path = ""] = /^(?:(https?):\/\/)?([^/]*)(.*)$/s.exec(text.trim())!;
  const [, name = "", port] = /^(\[.*\]|[^:]*)(?::(\d*))?$/.exec(place) ?? [undefined, `[${place}]`];
  // A server that listens everywhere is asked here.
  const host = ["", "0.0.0.0"].includes(name) ? "127.0.0.1" : name === "[::]" ? "[::1]" : name;
  const standard = scheme === undefined ? "11434" : scheme === "http" ? "80" : "443";
  return `${scheme ?? "http"}://${host}:${port || standard}${withoutSlash(path).replace(/\/v1$/, "")}/v1`;
}

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
