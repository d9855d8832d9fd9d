import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { isLoopback, ollamaUrl, urlProblem } from "./server_url.ts";

Deno.test("ollamaUrl: reads OLLAMA_HOST as Ollama does", () => {
  const cases = {
    "": "http://127.0.0.1:11434/v1",
    "127.0.0.1": "http://127.0.0.1:11434/v1",
    "0.0.0.0": "http://127.0.0.1:11434/v1",
    "0.0.0.0:5000": "http://127.0.0.1:5000/v1",
    ":5000": "http://127.0.0.1:5000/v1",
    "gpu.lan": "http://gpu.lan:11434/v1",
    " gpu.lan:5000 ": "http://gpu.lan:5000/v1",
    "gpu.lan:5000/": "http://gpu.lan:5000/v1",
    "http://gpu.lan": "http://gpu.lan:80/v1",
    "https://gpu.lan/ollama/": "https://gpu.lan:443/ollama/v1",
    "http://gpu.lan:5000/v1": "http://gpu.lan:5000/v1",
    "[::]:5000": "http://[::1]:5000/v1",
    "[fd00::1]": "http://[fd00::1]:11434/v1",
    "fd00::1": "http://[fd00::1]:11434/v1",
  };
  for (const [text, url] of Object.entries(cases)) {
    assertEquals(ollamaUrl(text), url, text);
    assertEquals(urlProblem(url), null, text);
  }
});

Deno.test("ollamaUrl: whatever it is given, it makes a text that urlProblem can judge", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assertEquals(typeof (urlProblem(ollamaUrl(text)) ?? ""), "string");
  }));
});

Deno.test("isLoopback: only this machine, however it is written", () => {
  for (const host of ["localhost", "LOCALHOST:80", "127.0.0.1:11434", "127.1", "0x7f.0.0.1", "2130706433", "[::1]"]) {
    assertEquals(isLoopback(`http://${host}/v1`), true, host);
  }
  const others = ["localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "[::]", "128.0.0.1"];
  for (const host of others) assertEquals(isLoopback(`http://${host}/v1`), false, host);
});

Deno.test("urlProblem: says what is wrong, and never repeats the URL", () => {
  for (const url of ["http://h", "https://h:1/v1"]) assertEquals(urlProblem(url), null, url);
  for (
    const url of [
      "",
      "h",
      "h:80",
      "ftp://secret",
      "http://me:secret@h",
      "http://secret@h",
      "http://h?k=secret",
      "http://h#s",
    ]
  ) {
    const problem = urlProblem(url);
    assertEquals(problem !== null && !problem.includes("secret"), true, `${url}: ${problem}`);
  }
});
