/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A component of a domain: what it does, as its code says, and what can be set. */

import type { VNode } from "preact";
import type { ComponentDescription } from "../../framework/mod.ts";
import { Icon } from "../../islands/_parts/icons.tsx";
import { counted } from "../../islands/_parts/number_format.tsx";
import { type Parameter, parametersOf } from "./parameters.ts";

/** What is shown. */
export interface ComponentBoxProps {
  readonly id: string;
  /** What a scenario writes its type under. */
  readonly place: string;
  readonly component: ComponentDescription;
}

/** A component, folded. */
export function ComponentBox({ id, place, component }: ComponentBoxProps): VNode {
  const { type, class: name, description, llm, config } = component;
  const parameters = parametersOf(config);
  return (
    <details class="component" id={id}>
      <summary>
        <code class="component-type">{type}</code>
        <span class="component-about">{description}</span>
        <span class="component-marks">
          {llm && (
            <span class="mark">
              <Icon name="bot" />
              asks a model
            </span>
          )}
          <span>{parameters.length === 0 ? "no settings" : counted(parameters.length, "setting")}</span>
        </span>
      </summary>
      <p class="domain-facts">
        <span>
          <code>{place}</code> <code>{type}</code>
        </span>
        <span>
          class <code>{name}</code>
        </span>
      </p>
      {parameters.length > 0 && (
        <dl class="parameters">
          {parameters.map((parameter) => <ParameterLine key={parameter.path} parameter={parameter} />)}
        </dl>
      )}
    </details>
  );
}

function ParameterLine({ parameter }: { readonly parameter: Parameter }): VNode {
  const { path, kind, choices, unit, fallback, range, isRequired, description } = parameter;
  const facts = [["default", fallback], ["range", range], ["unit", unit]].filter(([, value]) => value !== null);
  return (
    <div class="parameter">
      <dt>
        <code>{path}</code>
        <span class="parameter-kind">
          {kind}
          {isRequired && <strong>, required</strong>}
        </span>
      </dt>
      <dd>
        {choices.length > 0 && (
          <p class="parameter-choices">{choices.map((choice) => <code key={choice}>{choice}</code>)}</p>
        )}
        {description !== "" && <p>{description}</p>}
        {facts.length > 0 && (
          <p class="domain-facts">
            {facts.map(([name, value]) => (
              <span key={name}>
                <span class="quiet">{name}</span> {name === "default" ? <code>{value}</code> : value}
              </span>
            ))}
          </p>
        )}
      </dd>
    </div>
  );
}
