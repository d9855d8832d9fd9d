/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { commands, type KeyHint, keyHints } from "./commands.ts";
import { keyCaps } from "./keys.ts";

/** Caps of keys: `Ctrl` `K`. */
export function Keys({ keys }: { readonly keys: string }): VNode {
  return <span class="keys">{keyCaps(keys).map((cap, i) => <kbd key={i}>{cap}</kbd>)}</span>;
}

const EVERYWHERE: readonly KeyHint[] = [
  { keys: "Mod-K", title: "Go to, or do, anything", group: "Everywhere" },
  { keys: "?", title: "This list", group: "Everywhere" },
];

/** All keys that do something on the page that is shown. */
export function KeyList(): VNode {
  const ofCommands = commands.value.flatMap(({ keys, title, group = "This page" }): KeyHint[] =>
    keys === undefined ? [] : [{ keys, title, group }]
  );
  const groups = Map.groupBy([...EVERYWHERE, ...ofCommands, ...keyHints.value], ({ group }) => group);
  return (
    <div class="key-list" tabIndex={0} role="group" aria-label="Keys">
      {[...groups].map(([group, hints]) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {hints.map(({ keys, title }) => (
              <div key={`${keys} ${title}`}>
                <dt>
                  <Keys keys={keys} />
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
