/** `POST /theme` keeps whether pages are light or dark, and leads back. */

import { keptCookie, localPath, readForm, type RequestContext, THEME_COOKIE, THEMES } from "../server/mod.ts";

/** Anybody may see as they like. */
export const scope = null;

/** Bytes of the form. */
const FORM_LIMIT = 8192;

export const handler = {
  async POST({ request }: RequestContext): Promise<Response> {
    const fields = await readForm(request, FORM_LIMIT);
    const theme = THEMES.find((each) => each === fields.get("theme")) ?? "auto";
    const headers = { location: localPath(fields.get("back") ?? null), "set-cookie": keptCookie(THEME_COOKIE, theme) };
    return new Response(null, { status: 303, headers });
  },
};
