// What somebody is doing survives what happens meanwhile: live updates, a lost answer, a dialog closed too soon.
import { connect, createServer } from "node:net";
import { PATIENCE, accepted, base, createReleases, dialog, end, open, read, step, wrong } from "./browser.mjs";

/** The page notices silence after 25 s. */
const LONG_PATIENCE = { timeout: 60_000 };
const application = "mishaps";
for (const release of ["1.0", "1.1", "1.2"]) await accepted("release.create", { application, release, title: `Release ${release}` });
const isDryRun = (request) => JSON.parse(request.postData()).data.dryRun === true;
const notices = (page) => page.locator(".notices");

async function dialogFor(page, release) {
  await page.goto(new URL(`/#/app/${application}/release/${release}`, page.url()).href);
  await page.getByRole("button", { name: "Deploy to staging" }).click(PATIENCE);
  await dialog(page).getByText("What will happen").waitFor(PATIENCE);
}

const submit = (page) => dialog(page).locator("button[type=submit]:not([aria-disabled])").click(PATIENCE);

// takes long, and needs nothing of the others
const reconnected = step("the page reconnects after connections that were accepted and never answered", async () => {
  const { hostname, port } = new URL(base);
  let lost = false;
  const proxy = createServer((client) => {
    client.on("error", () => {});
    if (lost) return;
    const server = connect(port, hostname).on("error", () => {});
    client.on("data", (bytes) => lost || server.write(bytes));
    server.on("data", (bytes) => lost || client.write(bytes));
    client.on("close", () => server.destroy());
  });
  await new Promise((done) => proxy.listen(0, done));
  const page = await open("/", { at: `http://localhost:${proxy.address().port}`, quiet: true });
  await page.getByText(/^live/).first().waitFor(PATIENCE);
  lost = true;
  await page.locator(".banner").getByText("Not connected").waitFor(LONG_PATIENCE);
  lost = false;
  await page.getByText(/^live/).first().waitFor(LONG_PATIENCE);
  proxy.close();
});
await step("a filter keeps what is being typed while others act", async () => {
  const page = await open("/#/activity");
  const filter = page.locator("input[name=application]");
  await filter.pressSequentially("misha");
  await accepted("release.create", { application: "somebody-else", release: "1.0", title: "Meanwhile" });
  await page.locator("main").getByText("somebody-else").waitFor(PATIENCE);
  if ((await filter.inputValue()) !== "misha") wrong.push(`the filter has ${await filter.inputValue()}`);
  await filter.pressSequentially("ps");
  await filter.press("Enter");
  await page.waitForURL(/application=mishaps/, PATIENCE);
  await page.locator("main").getByText("somebody-else").waitFor({ state: "detached", ...PATIENCE });
});
await step("times in an address mean the same for everybody", async () => {
  const page = await open("/#/activity");
  await page.locator("input[name=since]").fill("2026-01-02T03:04");
  await page.locator("input[name=since]").blur();
  const expected = await page.evaluate(() => encodeURIComponent(new Date("2026-01-02T03:04").toISOString()));
  await page.waitForURL((url) => url.href.includes(`since=${expected}`), PATIENCE);
  if ((await page.locator("input[name=since]").inputValue()) !== "2026-01-02T03:04") wrong.push("the field does not show the reader's time");
});
await step("the age of things is told by the server's clock", async () => {
  const page = await open("/");
  await page.addInitScript(() => {
    const own = Date.now;
    Date.now = () => own() + 7 * 24 * 60 * 60 * 1000;
  });
  await page.goto(base + `/#/app/${application}`);
  await page.reload();
  const age = page.locator("li.track time").first();
  await age.waitFor(PATIENCE);
  if (!/^(just now|\d+ (s|min) ago)$/.test(await age.innerText())) wrong.push(`a release of now was created ${await age.innerText()}`);
});
await step("a command whose answer is lost is followed", async () => {
  const page = await open("/", { quiet: true });
  await page.route("**/api/commands", async (route) => {
    if (isDryRun(route.request())) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await dialogFor(page, "1.0");
  await submit(page);
  await notices(page).getByText("it is not known whether it was sent").waitFor(PATIENCE);
  await notices(page).getByText(": accepted").waitFor(PATIENCE);
});
await step("a refusal is told although its dialog was closed", async () => {
  const page = await open("/");
  await page.route("**/api/commands", async (route) => {
    if (isDryRun(route.request())) return route.continue();
    await accepted("release.deploy", { application, release: "1.1", environment: "staging" });
    await new Promise((done) => setTimeout(done, 500));
    return route.continue();
  });
  await dialogFor(page, "1.1");
  await submit(page);
  await page.keyboard.press("Escape");
  await notices(page).getByText("Deploy 1.1 to staging:").waitFor(PATIENCE);
});
await step("the deployments of a release follow live", async () => {
  const page = await open(`/#/app/${application}/release/1.2`);
  const deployments = page.getByRole("region", { name: "Deployments" });
  await deployments.getByText("not been deployed anywhere").waitFor(PATIENCE);
  await accepted("release.deploy", { application, release: "1.2", environment: "staging" });
  await deployments.getByText("Deployed").waitFor(PATIENCE);
});
await step("a release that comes back is shown again", async () => {
  const seen = { application, release: "2.0", title: "Comes back" };
  await accepted("release.create", seen);
  const page = await open(`/#/app/${application}/release/2.0`);
  const main = page.locator("main");
  await main.getByText("Comes back").waitFor(PATIENCE);
  await accepted("release.archive", { application, release: "2.0" });
  await main.getByText("archived").first().waitFor(PATIENCE);
  await accepted("release.unarchive", { application, release: "2.0" });
  await main.getByText("Comes back").waitFor(PATIENCE);
  await page.reload();
  await main.getByText("Comes back").waitFor(PATIENCE);
});
await step("a dialog says why what it is about is no longer possible", async () => {
  await accepted("release.create", { application, release: "2.1", title: "Goes away" });
  const page = await open(`/#/app/${application}/release/2.1`);
  await page.getByRole("button", { name: "Archive" }).click(PATIENCE);
  await dialog(page).getByText("What will happen").waitFor(PATIENCE);
  await accepted("release.archive", { application, release: "2.1" });
  await submit(page);
  await dialog(page).getByText("Not possible").waitFor(PATIENCE);
  await dialog(page).getByText("archived").first().waitFor(PATIENCE);
});
await step("a page about what is not there yet goes live", async () => {
  const page = await open("/#/app/not-there-yet");
  await page.getByText(/^live/).first().waitFor(PATIENCE);
  await accepted("release.create", { application: "not-there-yet", release: "1", title: "Now it is" });
  await page.locator("main").getByText("Now it is").waitFor(PATIENCE);
  const other = await open("/#/compare");
  await other.getByText(/^live/).first().waitFor(PATIENCE);
});
await step("each page of a list is asked for once for each change", async () => {
  await createReleases("many-pages", 160);
  const page = await open("/#/app/many-pages");
  const more = page.getByRole("button", { name: /more/i });
  for (let pages = 2; pages <= 3; pages++) {
    await more.click(PATIENCE);
    await page.waitForFunction((least) => document.querySelectorAll("li.track").length > least, (pages - 1) * 50, PATIENCE);
  }
  let asked = 0;
  page.on("request", (request) => (asked += /applications\/many-pages\/releases/.test(request.url())));
  await accepted("release.create", { application: "many-pages", release: "2.0", title: "The newest" });
  await page.locator("main").getByText("The newest").waitFor(PATIENCE);
  await page.waitForTimeout(3_000);
  if (asked > 6) wrong.push(`one new release led to ${asked} requests for three pages`);
});
await step("a page whose modules cannot be loaded says so", async () => {
  const page = await open("/", { quiet: true });
  await page.route("**/board/parts.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.reload();
  await page.locator("#app").getByText("could not be loaded").waitFor(PATIENCE);
  wrong.splice(0, wrong.length, ...wrong.filter((line) => !line.includes("does not provide an export"))); // as intended
});
await step("the shortcuts can be switched off", async () => {
  const page = await open("/");
  await page.locator("a.row-name").first().waitFor(PATIENCE);
  await page.keyboard.press("?");
  await dialog(page).getByRole("checkbox").uncheck(PATIENCE);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached", ...PATIENCE });
  await page.keyboard.press("?");
  await page.keyboard.press("/");
  if (await page.evaluate(() => document.activeElement?.type === "search")) wrong.push("/ still searches");
  if (await dialog(page).count()) wrong.push("? still helps");
});
await reconnected;
if (!(await read("/api/info")).source) wrong.push("the source of the clock is not told");
await end();
