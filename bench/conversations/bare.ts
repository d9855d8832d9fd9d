/** Asks the same requests as a batch of conversations did, without anything around it: `bare.ts URL FILE CONCURRENCY`. */

const [url, file, concurrency] = Deno.args as [string, string, string];
const conversations = JSON.parse(Deno.readTextFileSync(file)) as readonly (readonly object[])[];
let next = 0;
const worker = async () => {
  for (let i = next++; i < conversations.length; i = next++) {
    for (const body of conversations[i]!) {
      const response = await fetch(`${url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const { choices } = await response.json() as { choices: { message: { content: string } }[] };
      JSON.parse(choices[0]!.message.content);
    }
  }
};
await Promise.all(Array.from({ length: Number(concurrency) }, worker));
