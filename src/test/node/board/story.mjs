// The story of a release by clicks alone, while a second browser looks on.
import { PATIENCE, at, base, card, confirm, dialog, end, open, shown, step, tip, wrong } from "./browser.mjs";

const HOSTILE = "<img src=x onerror=alert(1)> \u{1F680}";

async function create(page, application, release, title) {
  await page.getByRole("button", { name: "New release" }).first().click(PATIENCE);
  await dialog(page).locator("[name=application]").fill(application);
  await dialog(page).locator("[name=release]").fill(release);
  await dialog(page).locator("[name=title]").fill(title);
  await confirm(page, "Create");
}

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
  await tip(onlooker).getByText("was deployed to production").waitFor(PATIENCE);
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
await step("what was looked at live is what a fresh look shows", async () => {
  const fresh = await open("/#/app/web");
  await card(fresh, "1.2").waitFor(PATIENCE);
  const [live, anew] = [await shown(onlooker), await shown(fresh)];
  if (live !== anew) wrong.push(`live: ${live}; anew: ${anew}`);
  if (await onlooker.getByText("Not connected").count()) wrong.push("the onlooker has lost its connection");
});
await end();
