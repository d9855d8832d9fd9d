/** Who asks, in tests that have no server. */

import { type Principal, SCOPES } from "../../server/mod.ts";

/** Somebody who may do everything until a reason is set why not. */
export class TestPrincipal implements Principal {
  readonly id: string;
  readonly name: string;
  readonly scopes: Principal["scopes"] = new Set(SCOPES);
  readonly via: Principal["via"];
  refused: string | null = null;

  constructor(id = "tester", via: Principal["via"] = "key") {
    this.id = this.name = id;
    this.via = via;
  }

  refusal(): string | null {
    return this.refused;
  }
}

/** Whoever asks a server that needs no keys. */
export const ANYBODY: Principal = new TestPrincipal("local", "open");
