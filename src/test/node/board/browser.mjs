// What the tests of the board's page have in common: a browser, commands by HTTP, and what is found wrong, which is printed at
// the end, a line each.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

export const base = process.argv[2];
export const PATIENCE = { timeout: 30_000 };
export const wrong = [];
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
});

/** A page in a browser of its own: nothing is shared with another one, not even the stream. `quiet`: it may be without its server. */
export async function open(path, { width = 1280, height = 860, colorScheme = "light", at = base, quiet = false } = {}) {
  const page = await (await browser.newContext({ viewport: { width, height }, colorScheme })).newPage();
  page.on("console", (message) => message.type() === "error" && !quiet && !message.text().includes("status of 4") && wrong.push(`${path}: console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`${path}: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`${path}: a script of the data's ran`); dialog.dismiss(); });
  await page.goto(at + path);
  return page;
}

export async function step(what, action) {
  try {
    await action();
  } catch (error) {
    wrong.push(`${what}: ${error.message.split("\n").slice(0, 3).join(" ")}`);
  }
}

export async function end() {
  await browser.close();
  console.log(wrong.join("\n"));
  process.exit(wrong.length ? 1 : 0);
}

function send(type, data, prefer) {
  return fetch(base + "/api/commands", {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json", ...prefer },
    body: JSON.stringify({ specversion: "1.0", id: crypto.randomUUID(), source: "/test", type: `dev.lockstep.${type}.v1`, data }),
  });
}

/** What a command came to. */
export const command = async (type, data) => (await send(type, data, { prefer: "wait=20" })).json();

export async function accepted(type, data) {
  const result = await command(type, data);
  if (result.outcome !== "accepted") throw new Error(`${type}: ${JSON.stringify(result.problem ?? result)}`);
  return result;
}

/** Releases 1 to `count`, in this order; only the last one is waited for. The pauses keep below what is accepted in a second. */
export async function createReleases(application, count) {
  const release = (i) => ["release.create", { application, release: String(i), title: `Release ${i}` }];
  for (let i = 1; i < count; i++) {
    const { status } = await send(...release(i));
    if (status !== 202) throw new Error(`release ${i} came to ${status}`);
    await new Promise((done) => setTimeout(done, 25));
  }
  await accepted(...release(count));
}

export const read = async (path) => (await fetch(base + path)).json();

export const dialog = (page) => page.getByRole("dialog");

export async function confirm(page, verb) {
  await dialog(page).getByText("What will happen").waitFor(PATIENCE);
  await dialog(page).locator("button[type=submit]:not([aria-disabled])").filter({ hasText: verb }).click(PATIENCE);
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
}

/** A release on its application's page, and its place in one of the environments. */
export const card = (page, release) => page.locator("li.track").filter({ has: page.getByRole("link", { name: release, exact: true }) });
export const at = (page, release, place) => card(page, release).locator(".slot").nth(place);

export const tip = (page) => page.locator("#tip:popover-open");

/** What a page shows, without times that are told by the distance from now. */
export async function shown(page) {
  const text = await page.locator("main").innerText();
  return text
    .replace(/\b(just now|now|in progress for|\d+ (s|min|h|d)( \d+ (s|min|h))?( ago)?|for a moment)\b/g, "~")
    .replace(/(for )?~/g, "~")
    .replace(/\s+/g, " ");
}

/** Holds a page to WCAG AA, and to its width. */
export async function inspect(page, name) {
  // a colour is what it is once whatever comes in has come; what moves for ever is not waited for
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity));
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
  violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .forEach(({ id, nodes }) => wrong.push(`${name}: axe: ${id} in ${nodes[0].target}`));
  await fits(page, name);
}

/** Nothing is wider than the page, nothing pokes out of what it stands in, and nothing is cut away wholly. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) wrong.push(`${name}: scrolls sideways by ${wide}`);
  const poking = await page.evaluate(() => [...document.querySelectorAll(".card, .head, .row, .cell, .panel, .deed, .stop, .heading, .filters, .notice, dialog")]
    .filter((box) => box.offsetParent && getComputedStyle(box).overflowX !== "auto" && box.scrollWidth > box.clientWidth + 1)
    .map((box) => `${box.className}: ${box.innerText.slice(0, 40)}`));
  const unseen = await page.evaluate(() => [...document.querySelectorAll("main .text, main .cell > b, main .cell-story > b")]
    .filter((text) => text.offsetParent && !text.closest(".sr") && text.textContent.trim() && text.clientWidth < 8)
    .map((text) => text.textContent.slice(0, 40)));
  unseen.forEach((text) => wrong.push(`${name}: has no room for ${text}`));
  poking.forEach((box) => wrong.push(`${name}: pokes out of ${box}`));
}
