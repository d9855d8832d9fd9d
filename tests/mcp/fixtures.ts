/**
 * The server that the official conformance suite asks for: tools, resources and prompts of fixed names, which do what its
 * scenarios say. It is served by the wiring of our own.
 */

import {
  acceptedContent,
  type CallToolResult,
  completable,
  createRequestStateCodec,
  fromJsonSchema,
  type GetPromptResult,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  McpServer,
  ResourceTemplate,
  type ServerContext,
  type ServerNotifier,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { CAPABILITIES } from "../../server/mcp/server.ts";

/** A red pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
/** Two samples of silence. */
const SILENCE = "UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQQAAAAAAAAA";

/** Seals what a server has a client keep between two rounds. */
const states = createRequestStateCodec<{ step: number }>({ key: crypto.getRandomValues(new Uint8Array(32)) });

const none = z.object({});

type ToolAnswer = CallToolResult | InputRequiredResult;

/** Makes the server. @param notify tells clients of the present revision of changed lists */
export function fixtureServer(notify: () => ServerNotifier): McpServer {
  const server = new McpServer({ name: "llm-sim-conformance", version: "1.0.0" }, {
    capabilities: { ...CAPABILITIES, logging: {} },
    requestState: { verify: states.verify },
  });
  addContent(server);
  addConversations(server);
  addRounds(server);
  addChanges(server, notify);
  addResources(server);
  addPrompts(server);
  return server;
}

function text(text: string): CallToolResult {
  return { content: [{ type: "text", text }] };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Tools whose answers are of every kind. */
function addContent(server: McpServer): void {
  const give = (name: string, description: string, content: CallToolResult["content"]) =>
    server.registerTool(name, { description, inputSchema: none }, () => Promise.resolve({ content }));
  give("test_simple_text", "Gives a text", [{ type: "text", text: "This is a simple text response for testing." }]);
  give("test_image_content", "Gives an image", [{ type: "image", data: PIXEL, mimeType: "image/png" }]);
  give("test_audio_content", "Gives a sound", [{ type: "audio", data: SILENCE, mimeType: "audio/wav" }]);
  give("test_embedded_resource", "Gives a resource", [{
    type: "resource",
    resource: {
      uri: "test://embedded-resource",
      mimeType: "text/plain",
      text: "This is an embedded resource content.",
    },
  }]);
  give("test_multiple_content_types", "Gives a text, an image and a resource", [
    { type: "text", text: "Multiple content types test:" },
    { type: "image", data: PIXEL, mimeType: "image/png" },
    {
      type: "resource",
      resource: {
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
        text: JSON.stringify({ test: "data", value: 123 }),
      },
    },
  ]);
  server.registerTool("test_error_handling", { description: "Fails", inputSchema: none }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  server.registerTool("test_tool_with_progress", { description: "Tells its progress", inputSchema: none }, async (
    _,
    { mcpReq },
  ) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await pause(50);
      if (progressToken === undefined) continue;
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
    }
    return text("done");
  });
  server.registerTool("test_tool_with_logging", { description: "Logs", inputSchema: none }, async (_, { mcpReq }) => {
    for (const line of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      await mcpReq.log("info", line);
      await pause(50);
    }
    return text("done");
  });
  server.registerTool("test_logging_tool", { description: "Logs where it may", inputSchema: none }, async (
    _,
    { mcpReq },
  ) => {
    await mcpReq.log("info", "a line");
    return text("done");
  });
  server.registerTool("test_reconnection", { description: "Cuts its own stream", inputSchema: none }, async (
    _,
    { http },
  ) => {
    http?.closeSSE?.();
    await pause(100);
    return text("the client has come back");
  });
  server.registerTool("test_header_argument", {
    description: "Takes an argument that is in a header too",
    inputSchema: fromJsonSchema({
      type: "object",
      properties: { region: { type: "string", "x-mcp-header": "Region" } as never },
    }),
  }, () => Promise.resolve(text("done")));
  server.registerTool("json_schema_2020_12_tool", {
    description: "Takes arguments of a schema with everything in it",
    inputSchema: fromJsonSchema({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: {
        address: {
          $anchor: "addressDef",
          type: "object",
          properties: { street: { type: "string" }, city: { type: "string" } },
        },
      },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    }),
  }, () => Promise.resolve(text("done")));
}

type Form = Parameters<typeof inputRequired.elicit>[0]["requestedSchema"];

/** Tools that ask back in the middle of a call, as the former revision has it. */
function addConversations(server: McpServer): void {
  server.registerTool("test_sampling", {
    description: "Asks the client's model",
    inputSchema: z.object({ prompt: z.string() }),
  }, async ({ prompt }, { mcpReq }) => {
    const { content } = await mcpReq.requestSampling({
      messages: [{ role: "user", content: { type: "text", text: prompt } }],
      maxTokens: 100,
    });
    const [first] = Array.isArray(content) ? content : [content];
    return text(`LLM response: ${first?.type === "text" ? first.text : ""}`);
  });
  const elicit = async ({ mcpReq }: ServerContext, message: string, requestedSchema: Form, told: string) => {
    const { action, content } = await mcpReq.elicitInput({ message, requestedSchema: requestedSchema as never });
    return text(`${told}: action=${action}, content=${JSON.stringify(content ?? {})}`);
  };
  server.registerTool(
    "test_elicitation",
    { description: "Asks the user", inputSchema: z.object({ message: z.string() }) },
    ({ message }, context) =>
      elicit(context, message, {
        type: "object",
        properties: { username: { type: "string" }, email: { type: "string" } },
        required: ["username", "email"],
      }, "User response"),
  );
  server.registerTool(
    "test_elicitation_sep1034_defaults",
    { description: "Asks with defaults", inputSchema: none },
    (_, context) =>
      elicit(context, "Are these right?", {
        type: "object",
        properties: {
          name: { type: "string", default: "John Doe" },
          age: { type: "integer", default: 30 },
          score: { type: "number", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", default: true },
        },
      }, "Elicitation completed"),
  );
  const options = ["option1", "option2", "option3"];
  const titled = (word: string) =>
    ["First", "Second", "Third"].map((nth, i) => ({ const: `value${i + 1}`, title: `${nth} ${word}` }));
  server.registerTool(
    "test_elicitation_sep1330_enums",
    { description: "Asks for choices", inputSchema: none },
    (_, context) =>
      elicit(context, "Which?", {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: options },
          titledSingle: { type: "string", oneOf: titled("Option") },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: { type: "array", items: { type: "string", enum: options } },
          titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
        },
      }, "Elicitation completed"),
  );
}

const name: Form = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const ok: Form = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };

function ask(message: string, requestedSchema: Form) {
  return inputRequired.elicit({ message, requestedSchema });
}

function sample(prompt: string, maxTokens: number) {
  return inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: prompt } }],
    maxTokens,
  });
}

/** Tools that ask back by ending the call, as the present revision has it. */
function addRounds(server: McpServer): void {
  const add = (name: string, description: string, call: (context: ServerContext) => ToolAnswer | Promise<ToolAnswer>) =>
    server.registerTool(
      `test_input_required_result_${name}`,
      { description, inputSchema: none },
      async (_, context) => await call(context),
    );
  const given = ({ mcpReq }: ServerContext, key: string) => inputResponse(mcpReq.inputResponses, key);

  add("elicitation", "Asks for a name", ({ mcpReq }) => {
    const answer = acceptedContent<{ name?: unknown }>(mcpReq.inputResponses, "user_name");
    return typeof answer?.name === "string"
      ? text(`Hello, ${answer.name}!`)
      : inputRequired({ inputRequests: { user_name: ask("What is your name?", name) } });
  });
  add("sampling", "Asks the client's model", (context) => {
    const answer = given(context, "capital_question");
    return answer.kind === "sampling"
      ? text(JSON.stringify(answer.result.content))
      : inputRequired({ inputRequests: { capital_question: sample("What is the capital of France?", 100) } });
  });
  add("list_roots", "Asks for folders", (context) => {
    const answer = given(context, "client_roots");
    return answer.kind === "roots"
      ? text(answer.roots.map(({ uri }) => uri).join(", "))
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });
  add("multiple_inputs", "Asks for three things at once", async (context) => {
    const kinds = ["user_name", "greeting", "client_roots"].map((key) => given(context, key).kind);
    return kinds.join() === "elicit,sampling,roots" ? text("all there") : inputRequired({
      inputRequests: {
        user_name: ask("What is your name?", name),
        greeting: sample("Generate a greeting", 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint({ step: 1 }, context),
    });
  });
  for (const tool of ["request_state", "tampered_state"]) {
    add(tool, "Has the client keep a state", async (context) => {
      const state = context.mcpReq.requestState<{ step: number }>();
      return state?.step === 1 && given(context, "confirm").kind === "elicit" ? text("state-ok") : inputRequired({
        inputRequests: { confirm: ask("Please confirm", ok) },
        requestState: await states.mint({ step: 1 }, context),
      });
    });
  }
  add("multi_round", "Asks twice", async (context) => {
    const step = context.mcpReq.requestState<{ step: number }>()?.step ?? 0;
    if (step === 2 && given(context, "step2").kind === "elicit") return text("done");
    const isSecond = step === 1 && given(context, "step1").kind === "elicit";
    const color: Form = { type: "object", properties: { color: { type: "string" } }, required: ["color"] };
    return inputRequired({
      inputRequests: isSecond
        ? { step2: ask("Step 2: What is your favorite color?", color) }
        : { step1: ask("Step 1: What is your name?", name) },
      requestState: await states.mint({ step: isSecond ? 2 : 1 }, context),
    });
  });
  add("capabilities", "Asks only for what the client can do", ({ mcpReq }) => {
    const can = capabilitiesOf(mcpReq);
    return inputRequired({
      inputRequests: {
        ...(can.sampling !== undefined && { greeting: sample("Generate a greeting", 50) }),
        ...(can.elicitation !== undefined && { user_name: ask("What is your name?", name) }),
      },
      requestState: "nothing to keep secret",
    });
  });
  server.registerTool(
    "test_streaming_elicitation",
    { description: "Asks the user", inputSchema: none },
    (_, { mcpReq }) =>
      Promise.resolve<ToolAnswer>(
        inputResponse(mcpReq.inputResponses, "confirm").kind === "elicit"
          ? text("done")
          : inputRequired({ inputRequests: { confirm: ask("Please confirm", ok) } }),
      ),
  );
  // Whether the client can be asked is for the SDK to find out.
  server.registerTool(
    "test_missing_capability",
    { description: "Needs a model", inputSchema: none },
    () =>
      Promise.resolve<ToolAnswer>(inputRequired({ inputRequests: { greeting: sample("Generate a greeting", 50) } })),
  );
}

function capabilitiesOf({ envelope }: ServerContext["mcpReq"]) {
  const told = envelope as { readonly [key: string]: { readonly [capability: string]: object } } | undefined;
  return told?.["io.modelcontextprotocol/clientCapabilities"] ?? {};
}

/** Tools that change the lists. */
function addChanges(server: McpServer, notify: () => ServerNotifier): void {
  server.registerTool("test_trigger_tool_change", { description: "Changes the tools", inputSchema: none }, () => {
    notify().toolsChanged();
    return Promise.resolve(text("done"));
  });
  server.registerTool("test_trigger_prompt_change", { description: "Changes the prompts", inputSchema: none }, () => {
    notify().promptsChanged();
    return Promise.resolve(text("done"));
  });
}

function addResources(server: McpServer): void {
  const fixed = (name: string, uri: string, mimeType: string, content: { text: string } | { blob: string }) =>
    server.registerResource(
      name,
      uri,
      { title: name, description: `A ${name}`, mimeType },
      () => Promise.resolve({ contents: [{ uri, mimeType, ...content }] }),
    );
  fixed("text", "test://static-text", "text/plain", { text: "This is the content of the static text resource." });
  fixed("binary", "test://static-binary", "image/png", { blob: PIXEL });
  fixed("watched", "test://watched-resource", "text/plain", { text: "Watched resource content" });
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined, complete: { id: () => ["123"] } }),
    { title: "template", description: "One of many", mimeType: "application/json" },
    (uri, { id }) => {
      const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return Promise.resolve({ contents: [{ uri: uri.href, mimeType: "application/json", text: data }] });
    },
  );
}

function addPrompts(server: McpServer): void {
  const said = (...contents: GetPromptResult["messages"][number]["content"][]): GetPromptResult => ({
    messages: contents.map((content) => ({ role: "user", content })),
  });
  server.registerPrompt(
    "test_simple_prompt",
    { description: "A prompt" },
    () => said({ type: "text", text: "This is a simple prompt for testing." }),
  );
  server.registerPrompt("test_prompt_with_arguments", {
    description: "A prompt with two arguments",
    argsSchema: z.object({
      arg1: completable(z.string(), (typed) => ["paris", "park", "party"].filter((word) => word.startsWith(typed))),
      arg2: z.string(),
    }),
  }, ({ arg1, arg2 }) => said({ type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }));
  server.registerPrompt("test_prompt_with_embedded_resource", {
    description: "A prompt with a resource",
    argsSchema: z.object({ resourceUri: z.string() }),
  }, ({ resourceUri }) =>
    said(
      {
        type: "resource",
        resource: { uri: resourceUri, mimeType: "text/plain", text: "Embedded resource content for testing." },
      },
      { type: "text", text: "Please process the embedded resource above." },
    ));
  server.registerPrompt("test_prompt_with_image", { description: "A prompt with an image" }, () =>
    said(
      { type: "image", data: PIXEL, mimeType: "image/png" },
      { type: "text", text: "Please analyze the image above." },
    ));
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "A prompt that asks first" },
    ({ mcpReq }) => {
      const answer = acceptedContent<{ context?: unknown }>(mcpReq.inputResponses, "user_context");
      if (typeof answer?.context === "string") return said({ type: "text", text: `In the context ${answer.context}` });
      const context: Form = { type: "object", properties: { context: { type: "string" } }, required: ["context"] };
      return inputRequired({ inputRequests: { user_context: ask("What context should the prompt use?", context) } });
    },
  );
}
