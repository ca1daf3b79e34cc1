// A deployment that waits, runs, fails and is cancelled, where a deployer reports; a second browser sees each step live.
import { PATIENCE, accepted, at, card, confirm, createReleases, dialog, end, open, read, step, tip, wrong } from "./browser.mjs";

const application = "works";
const STAGING = 1;
const active = async () => (await read(`/api/applications/${application}`)).environments[STAGING].active.id;
const report = async (status, more) => accepted("deployment.report", { application, deployment: await active(), status, ...more });

await accepted("pipeline.define", { application, environments: [
  { id: "development" },
  { id: "staging", tier: "staging", policy: { completion: "reported", whenBusy: "queue" } },
  { id: "production", tier: "production" },
] });
for (const release of ["1.0", "1.1", "1.2"]) await accepted("release.create", { application, release, title: `Release ${release}`, actor: "ci" });
const actor = await open(`/#/app/${application}`);
const onlooker = await open(`/#/app/${application}`);
const home = await open("/");
const place = (release) => at(onlooker, release, STAGING);
const see = (release, text) => place(release).getByText(text).first().waitFor(PATIENCE);
const press = (release, name) => at(actor, release, STAGING).getByRole("button", { name }).click(PATIENCE);

await step("it starts, and the deployer reports", async () => {
  await press("1.0", "Deploy 1.0 to staging");
  await dialog(actor).getByText("the deployer reports how it goes").waitFor(PATIENCE);
  await confirm(actor, "Deploy");
  await see("1.0", "Deploying");
});
await step("what it reports is shown", async () => {
  await report("in_progress", { url: "https://ci.example/runs/7", message: "14 of 24 pods are ready" });
  await see("1.0", "14 of 24 pods are ready");
  const link = place("1.0").getByRole("link", { name: "progress" });
  if ((await link.getAttribute("href")) !== "https://ci.example/runs/7") wrong.push("the link to the progress leads elsewhere");
  await home.locator(".attention .run").getByText("14 of 24 pods are ready").waitFor(PATIENCE);
});
await step("a second one waits for it, and says so before and after", async () => {
  await press("1.1", "Deploy 1.1 to staging");
  await dialog(actor).getByText("It will wait first").waitFor(PATIENCE);
  await dialog(actor).getByText("another deployment is in progress").waitFor(PATIENCE);
  await confirm(actor, "Deploy");
  await see("1.1", "Waiting");
  await see("1.1", "another deployment is in progress");
});
await step("a third one waits for its time, and counts down", async () => {
  await press("1.2", "Deploy 1.2 to staging");
  await dialog(actor).getByText("Options").click(PATIENCE);
  const soon = new Date(Date.now() + 9 * 60_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await dialog(actor).getByLabel(/Not before/).fill(soon);
  await dialog(actor).getByText(/^not before/).waitFor(PATIENCE);
  await confirm(actor, "Deploy");
  await see("1.2", `not before ${soon.slice(11)}`);
  const countdown = place("1.2").locator(".reasons .count").first();
  const first = await countdown.innerText();
  if (!/^in \d min( \d+ s)?$/.test(first)) wrong.push(`the countdown is: ${first}`);
  await onlooker.waitForFunction(([element, before]) => element.innerText !== before, [await countdown.elementHandle(), first], PATIENCE);
  await home.locator(".attention .wait").getByText("works").first().waitFor(PATIENCE);
});
await step("what waits is cancelled by a click", async () => {
  await press("1.2", "Cancel 1.2 to staging");
  await dialog(actor).getByText("1.2 will not be deployed to staging").waitFor(PATIENCE);
  await confirm(actor, "Cancel the deployment");
  await place("1.2").getByRole("button", { name: "Deploy 1.2 to staging" }).waitFor(PATIENCE);
  await card(onlooker, "1.2").getByRole("button", { name: "Delete 1.2" }).waitFor(PATIENCE);
});
await step("it fails, with what the deployer says of it, and the next one starts", async () => {
  await report("failed", { message: "exit 7: the migration did not apply" });
  await see("1.0", "Failed");
  await see("1.0", "exit 7: the migration did not apply");
  await see("1.1", "Deploying");
  await home.locator("li.row").filter({ hasText: application }).locator("a.cell").filter({ hasText: "1.1" }).getByText("Deploying").waitFor(PATIENCE);
});
await step("what runs is asked to stop by a click, and ends as the deployer says", async () => {
  await press("1.1", "Cancel 1.1 to staging");
  await dialog(actor).getByText("Asks the deployer to stop").waitFor(PATIENCE);
  await confirm(actor, "Cancel the deployment");
  await see("1.1", "Asked to stop");
  const cancel = place("1.1").getByRole("button", { name: "Cancel 1.1 to staging" });
  await cancel.focus();
  await onlooker.keyboard.press("Shift+Tab");
  await onlooker.keyboard.press("Tab");
  await tip(onlooker).getByText("has been asked to stop").waitFor(PATIENCE);
  await report("cancelled");
  await place("1.1").getByRole("button", { name: "Deploy 1.1 to staging" }).waitFor(PATIENCE);
});
await step("it is tried again, and runs there", async () => {
  await press("1.0", "Deploy 1.0 to staging");
  await confirm(actor, "Deploy");
  await see("1.0", "Deploying");
  await report("succeeded");
  await see("1.0", "Current");
});
await step("all of it is told", async () => {
  const told = await open(`/#/app/${application}/release/1.0`);
  const deployments = told.getByRole("region", { name: "Deployments" });
  for (const text of ["Deployed", "Failed", "exit 7: the migration did not apply"]) await deployments.getByText(text).first().waitFor(PATIENCE);
});
await step("what an environment has more of is shown page by page", async () => {
  const [wide, all, atOnce] = ["wide", 60, 50];
  await createReleases(wide, all);
  await accepted("release.deploy", { application: wide, release: String(all) });
  const page = await open(`/#/compare?app=${wide}&from=staging&to=production`);
  await page.getByText(`would add ${all} releases`).waitFor(PATIENCE);
  const shown = await page.locator(".between > li").count();
  if (shown !== atOnce) wrong.push(`the first page has ${shown}`);
  await page.getByRole("button", { name: "Show more releases" }).click(PATIENCE);
  await page.getByRole("link", { name: "1", exact: true }).waitFor(PATIENCE);
  if (await page.getByRole("button", { name: "Show more releases" }).count()) wrong.push("there is more than all");
});
await step("what ran in an environment that was dropped since is compared", async () => {
  const fewer = "fewer";
  await accepted("release.create", { application: fewer, release: "1.0", title: "One" });
  await accepted("release.deploy", { application: fewer, release: "1.0", environment: "staging" });
  await at(await open(`/#/app/${fewer}`), "1.0", STAGING).getByText("Current").first().waitFor(PATIENCE);
  const { since } = (await read(`/api/applications/${fewer}`)).environments[STAGING].current;
  await accepted("release.undeploy", { application: fewer, environment: "staging" });
  await accepted("pipeline.define", { application: fewer, environments: [{ id: "development" }, { id: "production" }] });
  const page = await open(`/#/compare?app=${fewer}&from=staging&time=${since}`);
  await page.getByText("Taken back since then: 1 release").waitFor(PATIENCE);
  const chosen = page.getByLabel("Environment").locator("option:checked");
  await chosen.filter({ hasText: "staging (dropped since)" }).waitFor({ state: "attached", ...PATIENCE });
});
await end();
