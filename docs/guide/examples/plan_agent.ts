/** An agent that understands two requests about a plan. It has a bug. */
const REQUESTS: [RegExp, string][] = [
  [/create a task named "(?<name>.+?)" under task (?<parent_id>\d+)/i, "create_task"],
  [/delete task (?<task_id>\d+)/i, "delete_task"],
];

Deno.serve({ hostname: "127.0.0.1", port: 9000 }, async (request) => {
  const { messages } = await request.json();
  const said = messages.at(-1).content;
  for (const [pattern, name] of REQUESTS) {
    const found = pattern.exec(said);
    if (found === null) continue;
    return Response.json({ reply: "Done!", actions: [{ name, parameters: { ...found.groups } }] });
  }
  return Response.json({ reply: "I can create and delete tasks.", actions: [] });
});
