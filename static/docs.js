/* The reference follows the light or dark scheme of the reader. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const reference = document.querySelector("rapi-doc");
const follow = () => reference.setAttribute("theme", dark.matches ? "dark" : "light");
dark.addEventListener("change", follow);
follow();
