// From the search to a deployment by the keyboard alone.
import { PATIENCE, accepted, at, dialog, end, inspect, open, step, tip, wrong } from "./browser.mjs";

const application = "keys";
for (const release of ["1.0", "1.1"]) await accepted("release.create", { application, release, title: `Release ${release}` });
const page = await open("/");
const focused = () => page.evaluate(() => document.activeElement.innerText || document.activeElement.getAttribute("aria-label") || document.activeElement.tagName);
const inside = (selector) => page.evaluate((one) => Boolean(document.activeElement.closest(one)), selector);

async function walkTo(text, key, most = 12) {
  for (let i = 0; i < most && !(await focused()).includes(text); i++) await page.keyboard.press(key);
  if (!(await focused()).includes(text)) throw new Error(`${key} does not lead to ${text} but to ${await focused()}`);
}

await step("the search finds it", async () => {
  await page.locator("a.row-name").first().waitFor(PATIENCE);
  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement?.type === "search", null, PATIENCE);
  await page.keyboard.type(application);
  await page.waitForURL(/q=keys/, PATIENCE);
  await page.waitForFunction(() => document.querySelectorAll("a.row-name").length === 1, null, PATIENCE);
  await page.keyboard.press("ArrowDown");
  await walkTo(application, "ArrowDown");
  await page.keyboard.press("Enter");
  await at(page, "1.0", 0).waitFor(PATIENCE);
});
await step("arrows lead to what can be done, and Enter does it", async () => {
  await page.keyboard.press("ArrowDown");
  await walkTo("1.0", "ArrowDown");
  await walkTo("1.0 to staging", "ArrowRight");
  await page.keyboard.press("Enter");
  await dialog(page).getByText("It takes effect at once").waitFor(PATIENCE);
  if (!(await inside("dialog"))) wrong.push("the dialog does not have the focus");
  await page.keyboard.type("by hand");
});
await step("Escape leaves it as it was, and gives the focus back", async () => {
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
  await walkTo("1.0 to staging", "ArrowRight", 0);
});
await step("Enter confirms, and the focus stays with the release", async () => {
  await page.keyboard.press("Enter");
  await dialog(page).getByText("It takes effect at once").waitFor(PATIENCE);
  await page.keyboard.type("by hand");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
  await at(page, "1.0", 1).getByText("Current").waitFor(PATIENCE);
  await page.waitForFunction(() => document.activeElement.closest("li.track")?.innerText.includes("1.0"), null, PATIENCE);
});
await step("why something cannot be done is told on focus", async () => {
  await walkTo("Cannot be deleted", "ArrowRight");
  await tip(page).getByText("was deployed to staging").waitFor(PATIENCE);
  await page.keyboard.press("Escape");
  await tip(page).waitFor({ state: "detached", ...PATIENCE });
});
await step("help", async () => {
  await page.keyboard.press("?");
  await dialog(page).getByText("move between").waitFor(PATIENCE);
  await inspect(page, "help");
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
});
await end();
