/**
 * What of SQL is let through: exactly one SELECT that reads nothing but the tables it names. DuckDB's own parser says what
 * a text is; here is decided on its tree, so comments, quotes and odd letters change nothing.
 *
 * The configuration of DuckDB is the second fence (`engine.ts`): what would get past this one can open no file but the
 * logs of runs. This one is still needed, because functions of tables such as `enable_logging` write files in spite of it.
 */

/** Functions that may stand where a table does. All others may read, write or change something. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  "generate_series",
  "json_each",
  "json_tree",
  "range",
  "repeat",
  "repeat_row",
  "unnest",
]);

/** Functions of values that tell of this machine, or change something. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(["current_setting", "getenv", "getvariable", "write_log"]);

/** What a query that may be asked names. */
export interface Reading {
  /** Names of tables, as they are written. */
  readonly tables: readonly TableReference[];
  /** Names that a WITH gives, in lower case: a table of this name may be that. */
  readonly bound: ReadonlySet<string>;
  /** Ids of the only runs whose rows can be in the answer; null: of any. */
  readonly runs: readonly string[] | null;
  /** Whether it may look at a `final_` column of `runs`, which costs a look at every run's rows. */
  readonly finals: boolean;
}

/** A table in a query. */
export interface TableReference {
  readonly name: string;
  /** Byte of the text, where the parser tells. */
  readonly offset?: number;
}

/** Why a query may not be asked. */
export interface Refusal {
  readonly refused: "bad_sql" | "not_select";
  readonly message: string;
  readonly offset?: number;
}

/** DuckDB's `json_serialize_sql` of a text. */
interface Serialized {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly unknown[];
}

type Node = { readonly [key: string]: unknown };

/**
 * What the query with this tree names, or why it may not be asked.
 * @param json what `json_serialize_sql` says of it
 * @param params names of the values that are bound to it
 */
export function readQuery(json: string, params: ReadonlySet<string> = new Set()): Reading | Refusal {
  const { error, error_type, error_message = "", position, statements = [] } = JSON.parse(json) as Serialized;
  if (error) {
    const offset = position === undefined ? {} : { offset: Number(position) };
    // It says so of PIVOT without IN too, which would make a type first.
    if (error_type !== "parser") return { refused: "not_select", message: "this is not a SELECT" };
    return { refused: "bad_sql", message: error_message, ...offset };
  }
  if (statements.length === 0) return { refused: "bad_sql", message: "there is no query in this" };
  if (statements.length > 1) {
    return { refused: "not_select", message: `these are ${statements.length} statements; a query is one SELECT` };
  }
  return readTree(statements[0], params);
}

function readTree(tree: unknown, params: ReadonlySet<string>): Reading | Refusal {
  const tables: TableReference[] = [];
  const bound = new Set<string>();
  const columns = new Set<string>();
  const names = new Set<string>();
  const selects: Node[] = [];
  let hasStar = false;
  for (const node of nodesOf(tree)) {
    switch (node.type) {
      case "BASE_TABLE": {
        const { table_name, schema_name, catalog_name, alias } = node as { readonly [key: string]: string };
        const isOurs = ["", "main"].includes(schema_name!.toLowerCase()) && catalog_name === "";
        const name = isOurs ? table_name! : [catalog_name, schema_name, table_name].filter((part) => part).join(".");
        tables.push({ name, ...place(node) });
        names.add(table_name!.toLowerCase()).add(alias!.toLowerCase());
        break;
      }
      case "TABLE_FUNCTION": {
        const name = String((node.function as Node).function_name).toLowerCase();
        if (!TABLE_FUNCTIONS.has(name)) return refusedFunction(name, node);
        break;
      }
      case "VALUE_PARAMETER":
        if (params.has(String(node.identifier))) break;
        return {
          refused: "bad_sql",
          message: params.size === 0
            ? `a query has no parameters: write the value in place of $${node.identifier}`
            : `nothing is bound to $${node.identifier}`,
        };
      case "SELECT_NODE":
        selects.push(node);
        break;
      case "SHOW_REF":
        if (node.query === null) {
          return { refused: "not_select", message: "SHOW is not a SELECT", ...place(node) };
        }
        hasStar = true;
        break;
      case "STAR":
        hasStar = true;
        break;
      case "COLUMN_REF":
        for (const part of node.column_names as string[]) columns.add(part.toLowerCase());
        break;
      case "SUBQUERY":
        if (typeof node.alias === "string") names.add(node.alias.toLowerCase());
        break;
      case "FUNCTION": {
        const name = String(node.function_name).toLowerCase();
        if (REFUSED_FUNCTIONS.has(name)) return refusedFunction(name, node);
      }
    }
    const { map } = (node.cte_map ?? {}) as { readonly map?: readonly { readonly key: string }[] };
    for (const { key } of map ?? []) bound.add(key.toLowerCase());
    for (const name of (node.using_columns ?? []) as string[]) columns.add(name.toLowerCase());
  }
  return {
    tables,
    bound,
    // With more than one table or SELECT, a condition is not one on all that is read.
    runs: tables.length === 1 && selects.length === 1 ? runsOf(selects[0]!) : null,
    // A table's name where a column could be stands for its whole rows.
    finals: hasStar || [...columns].some((name) => name.startsWith("final_") || names.has(name)),
  };
}

/** The runs that a SELECT from one plain table wants by its WHERE. */
function runsOf({ from_table, where_clause }: Node): string[] | null {
  const { type, table_name, alias, column_name_alias } = from_table as Node;
  if (type !== "BASE_TABLE" || (column_name_alias as unknown[]).length > 0) return null;
  return runsWanted(where_clause, String(alias === "" ? table_name : alias).toLowerCase());
}

/** The constants of a `run_id = …` or `run_id in (…)` that must hold. */
function runsWanted(condition: unknown, table: string): string[] | null {
  if (typeof condition !== "object" || condition === null) return null;
  const { type, left, right, children } = condition as Node & { readonly children?: readonly unknown[] };
  switch (type) {
    case "CONJUNCTION_AND":
      return children!.reduce<string[] | null>((found, child) => found ?? runsWanted(child, table), null);
    case "COMPARE_EQUAL":
      return runsAmong(table, left, [right]) ?? runsAmong(table, right, [left]);
    case "COMPARE_IN":
      return runsAmong(table, children![0], children!.slice(1));
  }
  return null;
}

function runsAmong(table: string, column: unknown, values: readonly unknown[]): string[] | null {
  const { type, column_names } = column as { readonly type: string; readonly column_names?: readonly string[] };
  const name = type === "COLUMN_REF" ? column_names!.join(".").toLowerCase() : "";
  if (name !== "run_id" && name !== `${table}.run_id`) return null;
  const texts = (values as Node[]).map(({ type, value }) =>
    type === "VALUE_CONSTANT" ? (value as { readonly value?: unknown }).value : undefined
  );
  return texts.every((each) => typeof each === "string") ? texts : null;
}

function refusedFunction(name: string, node: Node): Refusal {
  return {
    refused: "not_select",
    message: `${name}() cannot be used here: a query reads the runs alone`,
    ...place(node),
  };
}

function place({ query_location }: Node): { offset?: number } {
  return Number.isSafeInteger(query_location) ? { offset: query_location as number } : {};
}

/** All objects of a tree. It may be deep: no recursion. */
function* nodesOf(tree: unknown): Iterable<Node> {
  const left = [tree];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) yield value as Node;
    // The first comes out first.
    for (const inner of Object.values(value).reverse()) left.push(inner);
  }
}
