/** `/notebooks`: the home page lists them; `POST` makes one, as the forms there do. */

import Home, { handler as home, title } from "../index.tsx";

export default Home;
export { title };

export const handler = {
  GET: (): Response => new Response(null, { status: 303, headers: { location: "/" } }),
  POST: home.POST,
};
