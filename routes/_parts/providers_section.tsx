/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Providers of models: what each is, whether it can be asked, and what is missing. Never a key. */

import type { VNode } from "preact";
import { Icon } from "../../islands/_parts/icons.tsx";
import { counted, dollars } from "../../islands/_parts/number_format.tsx";
import { StatusBadge } from "../../islands/_parts/status_badge.tsx";
import type { ListedProvider, ProviderList } from "../../runner/mod.ts";

/** The section. */
export function ProvidersSection({ list }: { readonly list: ProviderList }): VNode {
  const { default: chosen, why, providers } = list;
  const isNear = ({ name, usable, configured }: ListedProvider) => usable || configured || name === chosen?.provider;
  const others = providers.filter((provider) => !isNear(provider));
  return (
    <section aria-labelledby="models">
      <h2 id="models">Models</h2>
      <p class="settings-lead">
        {chosen === null ? <>No model is found: {why}</> : (
          <>
            Scenarios that name no provider get <strong>{chosen.provider}</strong>
            {chosen.model !== null && (
              <>
                {" "}with <code>{chosen.model}</code>
              </>
            )} <span class="quiet">({why})</span>
          </>
        )}
      </p>
      <ul class="settings-list">
        {providers.filter(isNear).map((provider) => (
          <Provider key={provider.name} provider={provider} isDefault={provider.name === chosen?.provider} />
        ))}
      </ul>
      {others.length > 0 && (
        <details>
          <summary>{counted(others.length, "more provider")} that could be set up</summary>
          <ul class="settings-list">
            {others.map((provider) => <Provider key={provider.name} provider={provider} isDefault={false} />)}
          </ul>
        </details>
      )}
    </section>
  );
}

interface ProviderProps {
  readonly provider: ListedProvider;
  readonly isDefault: boolean;
}

function Provider({ provider, isDefault }: ProviderProps): VNode {
  const { name, about, usable, configured, why, base_url, key_env, key_set, model, prices } = provider;
  const limits = [
    provider.max_concurrency === null ? [] : `${provider.max_concurrency.toLocaleString("en-US")} at once`,
    provider.rpm === null ? [] : `${provider.rpm.toLocaleString("en-US")} requests a minute`,
    provider.tpm === null ? [] : `${provider.tpm.toLocaleString("en-US")} tokens a minute`,
  ].flat();
  return (
    <li class="settings-line" data-provider={name}>
      <div class="settings-head">
        <h3>{name}</h3>
        <StatusBadge
          status={usable ? "valid" : configured ? "broken" : "off"}
          word={usable ? "usable" : "not usable"}
        />
        {isDefault && <span class="quiet">default</span>}
      </div>
      {about !== "" && <p class="quiet">{about}</p>}
      {!usable && (
        <p>
          {why}. {key_env !== null && !key_set && (
            <span class="quiet">
              Set <code>{key_env}</code> where the server runs, and start it again.
            </span>
          )}
        </p>
      )}
      <dl class="facts settings-facts">
        {base_url && (
          <>
            <dt>Address</dt>
            <dd>
              <code>{base_url}</code>
            </dd>
          </>
        )}
        <dt>Model</dt>
        <dd>{model === null ? <span class="quiet">named by each scenario</span> : <code>{model}</code>}</dd>
        <dt>Key</dt>
        <dd>
          {key_env === null
            ? <span class="quiet">takes none</span>
            : (
              <span class={`mark tone-${key_set ? "done" : configured ? "error" : "queued"}`}>
                <Icon name={key_set ? "check" : "minus"} />
                <code>{key_env}</code> {key_set ? "is set" : "is not set"}
              </span>
            )}
        </dd>
        {limits.length > 0 && (
          <>
            <dt>Limits</dt>
            <dd>{limits.join(", ")}</dd>
          </>
        )}
        {prices !== null && (prices.input > 0 || prices.output > 0) && (
          <>
            <dt>Prices</dt>
            <dd>
              {dollars(prices.input)} in, {dollars(prices.output)} out, of a million tokens
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}
