// Every page by axe, wide and on a telephone, light and dark. With a folder as second argument it leaves pictures there.
import { PATIENCE, accepted, end, inspect, open, step, wrong } from "./browser.mjs";

const application = "looks";
for (const release of ["1.0", "1.1"]) await accepted("release.create", { application, release, title: `Release ${release}`, actor: "ana" });
for (const environment of ["staging", "production"]) await accepted("release.deploy", { application, release: "1.0", environment, actor: "ana" });
await accepted("pipeline.define", { application: "looks-bad", environments: [{ id: "development" }, { id: "production", tier: "production", policy: { completion: "reported" } }] });
await accepted("release.create", { application: "looks-bad", release: "1.0", title: "To fail" });
const { deployment } = await accepted("release.deploy", { application: "looks-bad", release: "1.0", environment: "production" });
await accepted("deployment.report", { application: "looks-bad", deployment, status: "failed", message: "exit 7" });
const pages = { home: "/", application: `/#/app/${application}`, release: `/#/app/${application}/release/1.0`, activity: "/#/activity", compare: `/#/compare?app=${application}&from=staging&to=production`, nowhere: "/#/app/none" };
for (const look of [{ width: 1280, colorScheme: "light" }, { width: 390, colorScheme: "dark" }]) {
  for (const [name, path] of Object.entries(pages)) {
    await step(`${name} at ${look.width}`, async () => {
      const page = await open(path, look);
      await page.locator("main").getByText(name === "nowhere" ? "Not found" : application).first().waitFor(PATIENCE);
      await page.waitForFunction(() => !document.querySelector(".skeleton"), null, PATIENCE);
      await inspect(page, `${name} at ${look.width}`);
      if (process.argv[3]) await page.screenshot({ path: `${process.argv[3]}/${name}-${look.width}.png` });
      await page.context().close();
    });
  }
}
await step("mine are those whose owner is me", async () => {
  await accepted("application.update", { application, owner: "ana" });
  await accepted("release.create", { application: "foreign", release: "1.0", title: "Of somebody else" });
  const page = await open("/");
  const row = (name) => page.locator("li.row").getByText(name, { exact: true });
  await row("foreign").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Mine" }).click(PATIENCE);
  await page.getByLabel("Your name").fill("ana");
  await page.getByRole("button", { name: "Show mine" }).click(PATIENCE);
  await row("foreign").waitFor({ state: "detached", ...PATIENCE });
  await row(application).waitFor(PATIENCE);
  if (!page.url().endsWith("#/?owner=ana")) wrong.push(`the address of mine is ${page.url()}`);
  await page.getByRole("link", { name: "All", exact: true }).click(PATIENCE);
  await row("foreign").waitFor(PATIENCE);
  await page.getByRole("link", { name: "Mine" }).click(PATIENCE);
  await row("foreign").waitFor({ state: "detached", ...PATIENCE });
});
await end();
