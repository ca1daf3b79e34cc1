// Checks an AsyncAPI document with the official parser. Prints each complaint; ends with 1 if there is an error or a warning.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Parser } from "@asyncapi/parser";

const WARNING = 1;
const file = resolve(process.argv[2]);
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"), { source: file });
for (const { severity, code, message, path } of diagnostics) {
  console.log(`${["error", "warning", "info", "hint"][severity]} ${code} at ${path.join(".")}: ${message}`);
}
if (!document || diagnostics.some(({ severity }) => severity <= WARNING)) {
  process.exit(1);
}
console.log(`${document.info().title()} ${document.version()}: ${document.allMessages().length} messages`);
