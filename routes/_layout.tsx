/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { LayoutProps } from "../server/mod.ts";

export const styles = ["app.css"];

export default function Layout({ context, children }: LayoutProps): VNode {
  const { principal } = context;
  return (
    <>
      <header class="top">
        <a class="name" href="/">llm-sim</a>
        <nav>
          <a href="/">Simulations</a>
          <a href="/docs">API</a>
        </nav>
        {principal?.via === "session" && (
          <form method="post" action="/sign-out">
            {principal.name}
            <button class="plain" type="submit">Sign out</button>
          </form>
        )}
      </header>
      {children}
    </>
  );
}
