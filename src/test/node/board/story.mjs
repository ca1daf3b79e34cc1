// The board in a real browser: the story of a release by clicks alone, while a second browser looks on; then every page by axe, wide
// and on a telephone, light and dark. Prints what is wrong, a line each, and ends with 1 if there is anything. With a folder as
// second argument it leaves pictures there.
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, pictures] = process.argv.slice(2);
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PATIENCE = { timeout: 30_000 };
const HOSTILE = "<img src=x onerror=alert(1)> \u{1F680}";

const wrong = [];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
});

async function open(path, { width = 1280, colorScheme = "light" } = {}) {
  const page = await (await browser.newContext({ viewport: { width, height: 860 }, colorScheme })).newPage();
  page.on("console", (message) => message.type() === "error" && !message.text().includes("status of 4") && wrong.push(`${path}: console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${path}: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`${path}: a script of the data's ran`); dialog.dismiss(); });
  await page.goto(base + path);
  return page;
}

async function step(what, action) {
  try {
    await action();
  } catch (error) {
    wrong.push(`${what}: ${error.message.split("\n")[0]}`);
  }
}

const dialog = (page) => page.getByRole("dialog");

async function confirm(page, verb) {
  await dialog(page).getByText("What will happen").waitFor(PATIENCE);
  await dialog(page).locator("button[type=submit]:not([aria-disabled])").filter({ hasText: verb }).click(PATIENCE);
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
}

async function create(page, application, release, title) {
  await page.getByRole("button", { name: "New release" }).first().click(PATIENCE);
  await dialog(page).locator("[name=application]").fill(application);
  await dialog(page).locator("[name=release]").fill(release);
  await dialog(page).locator("[name=title]").fill(title);
  await confirm(page, "Create");
}

const card = (page, release) => page.locator("li.track").filter({ has: page.getByRole("link", { name: release, exact: true }) });
const at = (page, release, place) => card(page, release).locator(".slot").nth(place);

const actor = await open("/");
let onlooker;
await step("a release is created", async () => {
  await create(actor, "web", "1.0", HOSTILE);
  onlooker = await open("/#/app/web");
  await actor.goto(base + "/#/app/web");
  await card(onlooker, "1.0").waitFor(PATIENCE);
  await card(actor, "1.0").getByText(HOSTILE).first().waitFor(PATIENCE);
});
await step("both are live", async () => {
  for (const page of [actor, onlooker]) await page.getByText(/^live/).first().waitFor(PATIENCE);
});
await step("it can be deleted there", () => card(actor, "1.0").getByRole("button", { name: "Delete 1.0" }).waitFor(PATIENCE));
for (const [place, environment] of [[1, "staging"], [2, "production"]]) {
  await step(`it is deployed to ${environment}, and seen by others`, async () => {
    await at(actor, "1.0", place).getByRole("button", { name: `Deploy 1.0 to ${environment}` }).click(PATIENCE);
    await confirm(actor, "Deploy");
    await at(onlooker, "1.0", place).getByText("Current").waitFor(PATIENCE);
  });
}
await step("it can be deleted no more, and says why", async () => {
  const lock = card(onlooker, "1.0").getByRole("button", { name: "Cannot be deleted" });
  await lock.focus(PATIENCE);
  await onlooker.getByText("production").and(onlooker.locator(":popover-open, [role=tooltip]")).or(onlooker.locator(":popover-open")).first().waitFor(PATIENCE);
});
await step("another one is created and deleted, and is gone for others", async () => {
  await create(actor, "web", "1.1", "A mistake");
  await card(onlooker, "1.1").waitFor(PATIENCE);
  await card(actor, "1.1").getByRole("button", { name: "Delete 1.1" }).click(PATIENCE);
  await confirm(actor, "Delete");
  await card(onlooker, "1.1").waitFor({ state: "detached", ...PATIENCE });
});
await step("what is not possible is refused with a sentence", async () => {
  await create(actor, "web", "1.2", "Too early");
  await card(actor, "1.2").getByRole("button", { name: /Ask why/ }).click(PATIENCE);
  await dialog(actor).getByText("Not possible").waitFor(PATIENCE);
  await dialog(actor).getByText(/staging/).first().waitFor(PATIENCE);
  await actor.keyboard.press("Escape");
  await dialog(actor).waitFor({ state: "detached", ...PATIENCE });
});
await step("production goes back", async () => {
  await at(actor, "1.2", 1).getByRole("button", { name: "Deploy 1.2 to staging" }).click(PATIENCE);
  await confirm(actor, "Deploy");
  await at(onlooker, "1.2", 1).getByText("Current").waitFor(PATIENCE);
  await at(actor, "1.0", 1).getByRole("button", { name: "Bring 1.0 back to staging" }).click(PATIENCE);
  await confirm(actor, "Roll back");
  await at(onlooker, "1.0", 1).getByText("Current").waitFor(PATIENCE);
});
await step("keys", async () => {
  await actor.keyboard.press("/");
  await actor.waitForFunction(() => document.activeElement?.type === "search", null, PATIENCE);
  await actor.keyboard.press("Escape");
  await actor.locator("body").click({ position: { x: 2, y: 2 } });
  await actor.keyboard.press("?");
  await dialog(actor).waitFor(PATIENCE);
  await actor.keyboard.press("Escape");
  await dialog(actor).waitFor({ state: "detached", ...PATIENCE });
});
await step("what was looked at live is what a fresh look shows", async () => {
  const fresh = await open("/#/app/web");
  await card(fresh, "1.2").waitFor(PATIENCE);
  const shown = (page) => page.locator("li.track").evaluateAll((tracks) => tracks.map((track) => track.innerText.replace(/\b(just now|\d+ \w+ ago|for \d+ \w+|for a moment)\b/g, "")));
  if (await onlooker.getByText("Not connected").count()) wrong.push("the onlooker has lost its connection");
  const [live, anew] = [await shown(onlooker), await shown(fresh)];
  if (live.join("|").replace(/\s+|\d+ s(ec)?/g, "") !== anew.join("|").replace(/\s+|\d+ s(ec)?/g, "")) wrong.push(`live: ${live}; anew: ${anew}`);
});

const pages = { home: "/", application: "/#/app/web", release: "/#/app/web/release/1.0", activity: "/#/activity", compare: "/#/compare?app=web&from=staging&to=production" };
for (const look of [{ width: 1280, colorScheme: "light" }, { width: 390, colorScheme: "dark" }]) {
  for (const [name, path] of Object.entries(pages)) {
    await step(`${name} at ${look.width}`, async () => {
      const page = await open(path, look);
      await page.getByText("web").first().waitFor(PATIENCE);
      await page.waitForTimeout(500);
      await page.evaluate(await (await import("node:fs/promises")).readFile(axe, "utf8"));
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
      violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .forEach(({ id, nodes }) => wrong.push(`${name} at ${look.width}: axe: ${id} in ${nodes[0].target}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong.push(`${name} at ${look.width}: scrolls sideways by ${wide}`);
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${look.width}.png` });
      await page.close();
    });
  }
}
await browser.close();
console.log(wrong.join("\n"));
process.exit(wrong.length ? 1 : 0);
