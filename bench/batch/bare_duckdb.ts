/** The reference of `sql.ts`: the query as somebody would write it who knows the files. Arguments: output folder. */

import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:", { threads: "4" })).connect();
const answer = await connection.runAndReadAll(
  `select turn, avg(wealth) as wealth from read_json('${Deno.args[0]}/*/agents.jsonl') group by turn order by turn`,
);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(answer.getRowsJson())));
Deno.exit(0);
