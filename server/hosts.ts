/** Under which names this server may be asked: what keeps pages of other sites, and of rebound names, out. */

import { isIP } from "node:net";

/** Where the server listens. */
export interface Binding {
  readonly hostname: string;
  readonly port: number;
}

/** Names beside the address itself. */
export interface HostOptions {
  /** Address under which people reach it, through a proxy perhaps. */
  readonly base_url?: string | undefined;
  /** Further names, with a port or for any port. */
  readonly allowed_hosts?: readonly string[] | undefined;
}

/** Whether only this machine reaches an address. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" ||
    (isIP(name) === 4 && name.startsWith("127."));
}

/** A host as it stands in URLs: IPv6 addresses in brackets. */
export function urlHost(hostname: string): string {
  return isIP(hostname) === 6 ? `[${hostname}]` : hostname;
}

/**
 * Law: a browser that was told by somebody else's name server that their name is our address, says their name in `Host`
 * and is refused; a page of another site says its own in `Origin` and is refused.
 */
export class HostRules {
  readonly #base: URL | null;
  readonly #names: ReadonlySet<string>;
  readonly #anyPort: ReadonlySet<string>;
  readonly #isLoopback: boolean;

  constructor({ hostname, port }: Binding, { base_url, allowed_hosts = [] }: HostOptions = {}) {
    this.#base = base_url === undefined ? null : new URL(base_url);
    this.#isLoopback = isLoopback(hostname);
    const own = ["localhost", "127.0.0.1", "[::1]", urlHost(hostname).toLowerCase()];
    const withPort = own.flatMap((name) => port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]);
    const further = allowed_hosts.map((host) => host.toLowerCase());
    this.#names = new Set([
      ...(this.#isLoopback ? withPort : []),
      ...(this.#base === null ? [] : [this.#base.host]),
      ...further.filter(hasPort),
    ]);
    // From elsewhere the port may be another one: a container's is published under any.
    this.#anyPort = new Set([...(this.#isLoopback ? [] : own), ...further.filter((host) => !hasPort(host))]);
  }

  /** Whether a `Host` header names this server. */
  allows(host: string): boolean {
    const given = host.toLowerCase();
    if (this.#names.has(given)) return true;
    const [, name] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(given) ?? [];
    if (name === undefined) return false;
    if (this.#anyPort.has(name)) return true;
    // A number is nobody's name: it cannot have been rebound. On loopback only its own numbers are meant.
    return !this.#isLoopback && isIP(name.replace(/^\[|\]$/g, "")) !== 0;
  }

  /** Whether an `Origin` is this server's own, as the (allowed) `Host` of the same request names it. */
  allowsOrigin(origin: string, host: string): boolean {
    if (this.#base !== null && origin === this.#base.origin) return true;
    // Under the configured name nothing but the configured scheme is ours.
    if (host.toLowerCase() === this.#base?.host) return false;
    return origin.toLowerCase() === `http://${host.toLowerCase()}`;
  }
}

function hasPort(host: string): boolean {
  return /:\d{1,5}$/.test(host.replace(/^\[.*\]/, ""));
}
