/** How what is sent is compressed: as it is understood. */

import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** How bytes may be sent: as they are, or compressed. */
export type Coding = "" | "br" | "gzip";

/** The best is first. */
const CODINGS: readonly Coding[] = ["br", "gzip", ""];

/** The best of these codings that whoever sends this `accept-encoding` understands; as they are if none is. */
export function codingFor(accepted: string | null, there: (coding: Coding) => boolean = () => true): Coding {
  return CODINGS.find((coding) => there(coding) && accepts(accepted ?? "", coding)) ?? "";
}

function accepts(header: string, coding: Coding): boolean {
  if (coding === "") return true;
  return header.split(",").some((each) => {
    const [name, weight] = each.trim().toLowerCase().split(/\s*;\s*q=/);
    return name === coding && (weight === undefined || Number(weight) > 0);
  });
}

/** How much is done for it: `quick` for what is sent once (a page in less than a millisecond), `small` for what is kept. */
export type Effort = "quick" | "small";

/** The bytes in this coding. */
export function encoded(
  bytes: Uint8Array<ArrayBuffer>,
  coding: Coding,
  effort: Effort,
): Uint8Array<ArrayBuffer> {
  const isQuick = effort === "quick";
  switch (coding) {
    case "":
      return bytes;
    case "br": {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: isQuick ? 1 : 9,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      return new Uint8Array(brotliCompressSync(bytes, { params }));
    }
    case "gzip":
      return new Uint8Array(gzipSync(bytes, { level: isQuick ? 1 : 9 }));
  }
}
