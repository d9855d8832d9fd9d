/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** All scenario files by domain, to be searched. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useMounted } from "./_parts/actions.tsx";
import { announce } from "./_parts/announce.ts";
import { countOf, found, listUrl, type ScenarioGroup } from "./_parts/scenario/list.ts";
import { registerCommands, registerKeyHints } from "./_parts/shell/commands.ts";
import { isTyping } from "./_parts/shell/keys.ts";
import { ShellIcon } from "./_parts/shell/shell_icons.tsx";
import { scenarioUrl } from "./_parts/shell/tree_model.ts";

/** What the list is told. */
export interface ScenarioListProps {
  readonly groups: readonly ScenarioGroup[];
  readonly query: string;
  readonly mayEdit: boolean;
}

/** The list. */
export default function ScenarioList({ groups, query: asked, mayEdit }: ScenarioListProps): VNode {
  const [query, setQuery] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  const isLive = useMounted();
  const shown = found(groups, query);
  const count = countOf(shown);
  const words = `${count} ${count === 1 ? "scenario" : "scenarios"}`;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.select();
    };
    const onPopState = () => setQuery(new URLSearchParams(location.search).get("q") ?? "");
    addEventListener("keydown", onKeyDown);
    addEventListener("popstate", onPopState);
    const stops = [
      registerKeyHints([{ keys: "/", title: "Search scenarios", group: "Scenarios" }]),
      mayEdit
        ? registerCommands([{
          id: "scenario-new",
          title: "New scenario",
          group: "Scenarios",
          run: () => location.assign("/scenarios/new"),
        }])
        : () => {},
    ];
    return () => {
      removeEventListener("keydown", onKeyDown);
      removeEventListener("popstate", onPopState);
      stops.forEach((stop) => stop());
    };
  }, []);
  useEffect(() => {
    if (isLive) announce(words);
  }, [words]);
  return (
    <div class="scenario-list" data-live={isLive}>
      <form
        method="get"
        action="/scenarios"
        class="scenario-search"
        role="search"
        onSubmit={(event) => isLive && event.preventDefault()}
      >
        <label>
          <span class="visually-hidden">Search scenarios</span>
          <ShellIcon name="search" />
          <input
            ref={field}
            type="search"
            name="q"
            value={query}
            placeholder="Name, domain, words of the description"
            spellcheck={false}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              history.replaceState(history.state, "", listUrl(event.currentTarget.value));
            }}
          />
        </label>
        <button type="submit" class="only-without-script">Search</button>
        <p class="muted">{words}</p>
      </form>
      {shown.length === 0 && (
        <p class="empty">
          {query.trim() === "" ? "There are no domains here." : `No scenario has “${query.trim()}” in it.`}
        </p>
      )}
      {shown.map((group) => <Group key={group.repo} group={group} mayEdit={mayEdit} />)}
    </div>
  );
}

interface GroupProps {
  readonly group: ScenarioGroup;
  readonly mayEdit: boolean;
}

function Group({ group: { repo, isBroken, files }, mayEdit }: GroupProps): VNode {
  const id = `domain-${repo}`;
  return (
    <section class="scenario-group" aria-labelledby={id}>
      <div class="scenario-group-head">
        <h2 id={id}>
          <ShellIcon name="domain" /> <a href={`/domains/${encodeURIComponent(repo)}`}>{repo}</a>
        </h2>
        <span class="muted">{files.length}</span>
        {isBroken && (
          <span class="mark tone-error">
            <ShellIcon name="warning" /> broken
          </span>
        )}
        {mayEdit && !isBroken && (
          <a
            class="button quiet"
            href={`/scenarios/new?${new URLSearchParams({ repo })}`}
            aria-label={`New scenario of ${repo}`}
          >
            <ShellIcon name="plus" /> New
          </a>
        )}
      </div>
      {files.length === 0 ? <p class="muted">No scenarios yet.</p> : (
        <ul>
          {files.map(({ config, kind, name, description }) => (
            <li key={config}>
              <a href={scenarioUrl(repo, config)}>
                <ShellIcon name={kind} />
                <span class="scenario-file">{config}</span>
                <span class="scenario-words">
                  {kind !== "scenario" && <span class="chip">{kind}</span>}
                  {name !== undefined && !config.includes(name) && <strong>{name}</strong>}
                  {description !== undefined && <span class="muted">{description}</span>}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
