// Looks at the worker's pages in a real browser that reaches nobody else, wide and on a telephone. Prints what is wrong with
// them, a line each, and ends with 1 if there is anything. With a folder as second argument it leaves pictures there.
import { chromium } from "playwright-core";

const [base, pictures] = process.argv.slice(2);
const widths = [1200, 390];
const pages = [
  { path: "/", within: "main", text: ["Lockstep", "Ready: processing commands."] },
  { path: "/contract/", within: "#contract", text: ["Create a release", "lockstep.deployment-status.v1"] },
];

const wrong = [];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
});
for (const width of widths) {
  const page = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage();
  for (const { path, within, text } of pages) {
    const say = (what) => wrong.push(`${path} at ${width}: ${what}`);
    page.removeAllListeners();
    page.on("console", (message) => message.type() === "error" && say(`console: ${message.text()}`));
    page.on("pageerror", (error) => say(`error: ${error.message}`));
    await page.goto(base + path);
    for (const wanted of text) {
      await page.locator(within).getByText(wanted).first().waitFor({ timeout: 20_000 }).catch(() => say(`"${wanted}" is not there`));
    }
    const { needed, shown, ticks } = await page.evaluate(() => ({
      needed: document.documentElement.scrollWidth,
      shown: document.documentElement.clientWidth,
      ticks: [...document.querySelectorAll("code")].some((code) => getComputedStyle(code, "::before").content.includes("`")),
    }));
    if (await page.locator("#reading").count()) say("still says that it is being drawn");
    if (needed > shown) say(`scrolls sideways: ${needed} pixels wide`);
    if (ticks) say("shows backticks");
    if (pictures) await page.screenshot({ path: `${pictures}/${path.replaceAll("/", "_")}${width}.png`, fullPage: path === "/" });
  }
}
const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
await plain.goto(base + "/contract/");
const told = await plain.locator("body").innerText();
for (const wanted of ["The contract", "asyncapi.yaml", "Scripts are off"]) {
  if (!told.includes(wanted)) wrong.push(`/contract/ without scripts: "${wanted}" is not there`);
}
await browser.close();
console.log(wrong.join("\n"));
process.exit(wrong.length ? 1 : 0);
