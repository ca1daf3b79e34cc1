// A board that takes no commands: everything is shown and explained, and nothing can be pressed in vain. Commands go to another one,
// whose address is the third argument.
import { PATIENCE, accepted, at, base, card, end, inspect, open, step, tip, wrong } from "./browser.mjs";

const application = "calm";
const shown = process.argv[3];
const ACTING = /^(New release|Deploy|Roll|Bring|Empty|Archive|Delete|Cancel [^nd]|Ask)|Ask why/;

await accepted("pipeline.define", { application, environments: [
  { id: "development" }, { id: "staging", policy: { completion: "reported", whenBusy: "queue" } }, { id: "production", tier: "production" },
] });
for (const release of ["1.0", "1.1", "1.2"]) await accepted("release.create", { application, release, title: `Release ${release}` });
const { deployment } = await accepted("release.deploy", { application, release: "1.0", environment: "staging", actor: "ana" });
await accepted("deployment.report", { application, deployment, status: "in_progress", message: "half way", url: "https://ci.example/1" });
await accepted("release.deploy", { application, release: "1.1", environment: "staging" });

for (const path of ["/", `/#/app/${application}`, `/#/app/${application}/release/1.0`, "/#/activity", `/#/compare?app=${application}`]) {
  await step(`${path} has nothing to press in vain`, async () => {
    const page = await open(path, { at: shown });
    await page.getByText("Read-only").waitFor(PATIENCE);
    await page.locator("main").getByText(/calm|Compare/).first().waitFor(PATIENCE);
    const names = await page.getByRole("button").evaluateAll((buttons) => buttons.map((one) => one.getAttribute("aria-label") ?? one.innerText));
    names.filter((name) => ACTING.test(name.trim())).forEach((name) => wrong.push(`${path} offers ${name}`));
    await inspect(page, `${path} read-only`);
    await page.context().close();
  });
}
await step("everything is shown", async () => {
  const page = await open(`/#/app/${application}`, { at: shown });
  await at(page, "1.0", 1).getByText("Deploying").waitFor(PATIENCE);
  await at(page, "1.0", 1).getByText("half way").waitFor(PATIENCE);
  await at(page, "1.0", 1).getByRole("link", { name: "progress" }).waitFor(PATIENCE);
  await at(page, "1.1", 1).getByText("another deployment is in progress").waitFor(PATIENCE);
  await at(page, "1.2", 1).getByText("can go here next").waitFor(PATIENCE);
  await accepted("deployment.report", { application, deployment, status: "succeeded" });
  await at(page, "1.0", 1).getByText("Current").waitFor(PATIENCE);
  await card(page, "1.0").getByRole("button", { name: "Cannot be deleted" }).hover(PATIENCE);
  await tip(page).getByText("was deployed to staging").waitFor(PATIENCE);
  await card(page, "1.2").getByRole("img", { name: "Can be deleted" }).waitFor(PATIENCE);
  await at(page, "1.2", 2).getByText("not yet").hover(PATIENCE);
  await tip(page).getByText("1.2 cannot be deployed to production yet").waitFor(PATIENCE);
  await page.getByText("Read-only").hover(PATIENCE);
  await tip(page).getByText("takes no commands").waitFor(PATIENCE);
});
await step("a command is refused", async () => {
  const { status } = await fetch(shown + "/api/commands", { method: "POST", headers: { "content-type": "application/cloudevents+json" }, body: "{}" });
  if (status !== 403) wrong.push(`a command came to ${status} there`);
  if (base === shown) wrong.push("both are the same board");
});
await end();
