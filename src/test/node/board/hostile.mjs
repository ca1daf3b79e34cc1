// What people write is shown as text, and does not break what is around it.
import { PATIENCE, accepted, card, command, dialog, end, fits, inspect, open, step, wrong } from "./browser.mjs";

const application = "hostile";
const MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt; ${alert(3)} </li></ol>";
const EMOJI = "\u{1F680}".repeat(200);
const ARABIC = "\u0625\u0635\u062F\u0627\u0631 \u0627\u0644\u0635\u064A\u0641 1.2 (a) \u05E9\u05DC\u05D5\u05DD";
const LONG = "W".repeat(200);
const OVERRIDE = "\u202Eright to left\u202C";
const LINES = `first\nsecond\r\n\tthird ${MARKUP} ${"x".repeat(400)}`;
const titles = { "1.0": MARKUP, "1.1": EMOJI, "1.2": ARABIC, [`1.3-${"v".repeat(120)}`]: LONG };

await accepted("pipeline.define", { application, environments: [{ id: "development" }, { id: "staging", title: MARKUP, policy: { completion: "reported" } }, { id: "e".repeat(63), title: LONG, tier: "production" }] });
await accepted("application.update", { application, title: EMOJI, owner: LONG, description: LINES });
for (const [release, title] of Object.entries(titles)) {
  await accepted("release.create", { application, release, title, description: LINES, actor: MARKUP, reason: LINES, source: { commitSha: "f".repeat(256), ref: MARKUP } });
  await accepted("release.annotate", { application, release, notes: LINES, labels: { "a/long-label": LONG } });
}
const { deployment } = await accepted("release.deploy", { application, release: "1.0", environment: "staging", actor: LONG, reason: EMOJI });
await accepted("deployment.report", { application, deployment, status: "failed", message: LINES, url: "https://ci.example/" + "path/".repeat(300) });
const running = await accepted("release.deploy", { application, release: "1.1", environment: "staging", actor: ARABIC });
await accepted("deployment.report", { application, deployment: running.deployment, status: "in_progress", message: EMOJI });
await accepted("release.deploy", { application, release: "1.2", environment: "staging", notBefore: "2099-01-01T00:00:00Z" });

for (const width of [1280, 390]) {
  const pages = { home: `/#/?q=${application}`, application: `/#/app/${application}`, release: `/#/app/${application}/release/1.0`, activity: `/#/activity?application=${application}`, compare: `/#/compare?app=${application}&from=staging&to=${"e".repeat(63)}` };
  for (const [name, path] of Object.entries(pages)) {
    await step(`${name} at ${width}`, async () => {
      const page = await open(path, { width });
      await page.locator("main").getByText(application).first().waitFor(PATIENCE);
      await page.waitForFunction(() => !document.querySelector(".skeleton"), null, PATIENCE);
      if (name === "application") {
        for (const [release, title] of Object.entries(titles)) {
          const shown = await card(page, release).locator(".card-title").innerText(PATIENCE);
          if (shown !== title) wrong.push(`${release} is shown as ${shown}`);
        }
      }
      if (name === "release") await page.getByText("third").first().waitFor(PATIENCE);
      if (await page.locator("main img, main script").count()) wrong.push(`${name} has taken markup for its own`);
      await inspect(page, `${name} at ${width}`);
      if (process.argv[3]) await page.screenshot({ path: `${process.argv[3]}/hostile-${name}-${width}.png` });
      await page.context().close();
    });
  }
}
await step("a long name fits into a button", async () => {
  await accepted("pipeline.define", { application: "long", environments: [{ id: "development" }, { id: "e".repeat(63) }] });
  await accepted("release.create", { application: "long", release: "1.0", title: "One" });
  const page = await open("/#/app/long/release/1.0", { width: 390 });
  await page.getByRole("button", { name: "Deploy to eee" }).waitFor(PATIENCE);
  await fits(page, "a release with a long way");
});
await step("names that JavaScript's own objects have are names like any other", async () => {
  await accepted("pipeline.define", { application: "constructor", environments: [{ id: "development" }, { id: "e".repeat(63) }] });
  await accepted("release.create", { application: "constructor", release: "1.0", title: "First" });
  const page = await open("/#/app/constructor");
  await card(page, "1.0").waitFor(PATIENCE);
  await page.getByText(/^live/).first().waitFor(PATIENCE);
  await accepted("release.create", { application, release: "3.0", title: "Elsewhere" });
  await accepted("release.create", { application: "constructor", release: "1.1", title: "Second" });
  await card(page, "1.1").waitFor(PATIENCE);
  const deed = { time: new Date().toISOString(), application: "constructor", type: "dev.lockstep.constructor", id: "1", source: "/test", outcome: "accepted", events: [] };
  await page.route("**/api/activity?*", (route) => route.fulfill({ json: { items: [deed], next: null } }));
  await page.goto(new URL("/#/activity?application=constructor", page.url()).href);
  await page.locator(".deed").first().waitFor(PATIENCE);
});
await step("a malformed record does not take the whole page with it", async () => {
  const page = await open("/", { quiet: true });
  await page.route("**/api/applications/*/releases/1.0", (route) => route.fulfill({ json: { application, release: "1.0" } }));
  await page.route("**/api/applications/*/deployments?*", (route) => route.fulfill({ json: { items: [{ id: "malformed", createdAt: "never" }], next: null } }));
  await page.goto(new URL(`/#/app/${application}/release/1.0`, page.url()).href);
  for (const part of ["1.0", "Where it is", "About", "malformed"]) {
    await page.locator(".unshown").filter({ has: page.getByText(part, { exact: true }) }).waitFor(PATIENCE);
  }
  await page.locator(".deed").getByText("created").first().waitFor(PATIENCE);
});
await step("what would turn the text around is refused with a sentence", async () => {
  const { problem } = await command("release.create", { application, release: "2.0", title: OVERRIDE });
  if (problem?.code !== "INVALID_COMMAND") wrong.push(`an override in a title came to ${JSON.stringify(problem)}`);
  const page = await open(`/#/app/${application}`, { width: 390 });
  await page.getByRole("button", { name: "New release" }).first().click(PATIENCE);
  await dialog(page).locator("[name=release]").fill("2.0");
  await dialog(page).locator("[name=title]").fill(OVERRIDE);
  await dialog(page).getByText("Not possible").waitFor(PATIENCE);
  await dialog(page).locator(".reasons code").getByText("title").waitFor(PATIENCE);
  await dialog(page).locator("[name=title]").fill(LONG);
  await dialog(page).getByText("What will happen").waitFor(PATIENCE);
  await fits(page, "dialog");
});
await end();
