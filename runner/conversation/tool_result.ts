/** What the result of a tool call says of it. */

/** Whether a tool call was carried out, and what came of it. */
export interface ToolResult {
  readonly success: boolean;
  readonly result_message: string;
}

/**
 * A result as the content of a tool message. It failed when it is a text that begins with "Error" or "Traceback", or a
 * JSON object with `success` or `ok` false, `is_error` or `isError` true, or an `error` that is not empty. An object
 * `{success, result_message}` and no more, as our own export writes it, is read as what it says.
 */
export function toolResult(content: string): ToolResult {
  const value = asObject(content);
  if (value === null) return { success: !/^\s*(error\b|traceback \()/i.test(content), result_message: content };
  const { success, result_message } = value;
  if (typeof success === "boolean" && typeof result_message === "string" && Object.keys(value).length === 2) {
    return { success, result_message };
  }
  const hasFailed = success === false || value.ok === false || value.is_error === true || value.isError === true ||
    !isEmpty(value.error);
  return { success: !hasFailed, result_message: content };
}

function asObject(text: string): { readonly [key: string]: unknown } | null {
  if (!/^\s*\{/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Text that only begins like JSON is text.
    return null;
  }
}

function isEmpty(error: unknown): boolean {
  return error === undefined || error === null || error === false || error === "";
}
