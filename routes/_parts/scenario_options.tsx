/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { ScenarioName } from "../../server/mod.ts";

/** What is to be chosen from. */
export interface ScenarioOptionsProps {
  readonly scenarios: readonly ScenarioName[];
  /** `economic/growth.yaml`. */
  readonly chosen?: string;
}

/** Scenario files by domain, as options of a `<select>`. */
export function ScenarioOptions({ scenarios, chosen = "" }: ScenarioOptionsProps): VNode {
  return (
    <>
      {[...Map.groupBy(scenarios, ({ repo }) => repo)].map(([repo, files]) => (
        <optgroup key={repo} label={repo}>
          {files.map(({ config }) => {
            const value = `${repo}/${config}`;
            return <option key={value} value={value} selected={chosen === value}>{value}</option>;
          })}
        </optgroup>
      ))}
    </>
  );
}
