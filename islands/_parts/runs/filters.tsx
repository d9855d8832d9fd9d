/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What narrows the list, how it is sorted, and how many runs there are of each kind. Without scripts it is a form. */

import type { VNode } from "preact";
import type { RefObject } from "preact";
import { count } from "../number_format.tsx";
import { StatusMark } from "../status_badge.tsx";
import type { RunsStore } from "./store.ts";
import { conditionsIn, SORTS, STATUSES, VALIDITIES } from "./view.ts";

/** What the form is told. */
export interface FiltersProps {
  readonly store: RunsStore;
  /** Given the field for text. */
  readonly field: RefObject<HTMLInputElement | null>;
}

/** Texts that few people narrow by. */
const FURTHER = [
  ["scenario", "Scenario", "economic/growth.yaml"],
  ["label", "Label", "team=macro"],
  ["batch", "Batch", "id of the batch"],
] as const;

/** The form. */
export function Filters({ store, field }: FiltersProps): VNode {
  const view = store.view.value;
  const facets = store.facets.value;
  const statuses = STATUSES.filter((status) => (facets.status[status] ?? 0) > 0 || view.status.includes(status));
  const repos = [...new Set([...Object.keys(facets.repo), ...(view.repo === "" ? [] : [view.repo])])].sort();
  const isNarrow = conditionsIn(view) > 0;
  return (
    <form
      class="runs-filters"
      method="get"
      action="/runs"
      role="search"
      aria-label="Runs"
      onSubmit={(event) => event.preventDefault()}
    >
      <div class="runs-filter-row">
        <label class="wide">
          Name, id or scenario
          <input
            ref={field}
            type="search"
            name="text"
            value={view.text}
            maxLength={200}
            placeholder="part of it"
            onInput={(event) => store.ask({ text: event.currentTarget.value }, { typing: true })}
          />
        </label>
        <label>
          Domain
          <select name="repo" value={view.repo} onChange={(event) => store.ask({ repo: event.currentTarget.value })}>
            <option value="" selected={view.repo === ""}>any</option>
            {repos.map((repo) => (
              <option key={repo} value={repo} selected={view.repo === repo}>
                {repo} ({count(facets.repo[repo] ?? 0)})
              </option>
            ))}
          </select>
        </label>
        <label>
          Validity
          <select
            name="validity"
            value={view.validity}
            onChange={(event) => store.ask({ validity: event.currentTarget.value })}
          >
            <option value="" selected={view.validity === ""}>any</option>
            {VALIDITIES.map((validity) => (
              <option key={validity} value={validity} selected={view.validity === validity}>
                {validity} ({count(facets.validity[validity] ?? 0)})
              </option>
            ))}
          </select>
        </label>
        <div class="runs-sort">
          <label for="runs-sort">Sorted by</label>
          <select
            id="runs-sort"
            name="sort"
            value={`${view.descending ? "-" : ""}${view.sort}`}
            onChange={(event) => {
              const sort = event.currentTarget.value;
              const by = sort.replace(/^-/, "") as keyof typeof SORTS;
              store.ask({ sort: by, descending: sort.startsWith("-") });
            }}
          >
            {Object.entries(SORTS).flatMap(([key, word]) =>
              ([["-", "↓"], ["", "↑"]] as const).map(([sign, arrow]) => {
                const value = sign + key;
                const isSelected = view.sort === key && view.descending === (sign === "-");
                return <option key={value} value={value} selected={isSelected}>{word} {arrow}</option>;
              })
            )}
          </select>
        </div>
        <label class="check">
          <input
            type="checkbox"
            name="group"
            value="repo"
            checked={view.grouped}
            onChange={(event) => store.ask({ grouped: event.currentTarget.checked })}
          />
          group by domain
        </label>
        <button class="only-without-script" type="submit">Filter</button>
      </div>
      <div class="runs-filter-row">
        {statuses.length > 0 && (
          <fieldset class="facets">
            <legend class="visually-hidden">Status</legend>
            {statuses.map((status) => (
              <label key={status} class="facet">
                <input
                  type="checkbox"
                  name="status"
                  value={status}
                  checked={view.status.includes(status)}
                  onChange={(event) => {
                    const others = view.status.filter((each) => each !== status);
                    store.ask({
                      status: event.currentTarget.checked
                        ? STATUSES.filter((each) => each === status || others.includes(each))
                        : others,
                    });
                  }}
                />
                <StatusMark status={status} />
                <span class="facet-count">{count(facets.status[status] ?? 0)}</span>
              </label>
            ))}
          </fieldset>
        )}
        <details class="runs-further" open={FURTHER.some(([name]) => view[name] !== "")}>
          <summary>Scenario, label, batch</summary>
          <div class="runs-filter-row">
            {FURTHER.map(([name, title, example]) => (
              <label key={name}>
                {title}
                <input
                  type="search"
                  name={name}
                  value={view[name]}
                  maxLength={200}
                  placeholder={example}
                  onInput={(event) => store.ask({ [name]: event.currentTarget.value }, { typing: true })}
                />
              </label>
            ))}
          </div>
        </details>
        {isNarrow && (
          <a
            class="button quiet"
            href="/runs"
            onClick={(event) => {
              event.preventDefault();
              store.askForAll();
            }}
          >
            Show all
          </a>
        )}
      </div>
    </form>
  );
}
