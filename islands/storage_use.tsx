/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What the output folder takes: counting it may take longer than a page waits. */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMounted } from "./_parts/actions.tsx";
import { api } from "./_parts/api.ts";
import { Icon } from "./_parts/icons.tsx";
import { bytesText, counted } from "./_parts/number_format.tsx";

/** What `GET /api/server` tells of it. */
export interface Storage {
  readonly files: number;
  readonly bytes: number;
  readonly disk: { readonly free: number; readonly total: number } | null;
}

/** The count; where there is none yet, it is asked for. */
export default function StorageUse({ given }: { readonly given: Storage | null }): VNode {
  const [storage, setStorage] = useState(given);
  const [trouble, setTrouble] = useState<string | null>(null);
  const isMounted = useMounted();
  useEffect(() => {
    if (given !== null) return;
    api<{ readonly storage: Storage | null }>("/api/server")
      .then(({ storage }) => setStorage(storage))
      .catch((error: Error) => setTrouble(error.message));
  }, []);
  if (trouble !== null) return <span class="mark tone-error">could not be counted: {trouble}</span>;
  if (storage === null) {
    return (
      <span class="mark tone-running" role="status">
        <Icon name="spin" />
        {isMounted ? "being counted" : "being counted; reload to see it"}
      </span>
    );
  }
  const { files, bytes, disk } = storage;
  return (
    <span>
      {bytesText(bytes)} in {counted(files, "file")}
      {disk !== null && `; ${bytesText(disk.free)} of ${bytesText(disk.total)} are free`}
    </span>
  );
}
