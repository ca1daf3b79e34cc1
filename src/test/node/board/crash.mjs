// An open page while its server dies and comes back. The second argument is a folder: a file `ready-N` there says that round N is
// over, and holds what was killed; `compared-N` is the answer; a file `done` ends it.
import { access, readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { PATIENCE, end, open, shown, step, wrong } from "./browser.mjs";

const CATCHES_UP_MS = 2000;

/** The tables themselves may catch up between the two looks: whoever was killed holds its partitions for a while. */
const ATTEMPTS = 3;
const folder = process.argv[3];
const there = (name) => access(`${folder}/${name}`).then(() => true, () => false);
const paths = ["/", "/#/app/shop"];

async function shownAnew(path) {
  const fresh = await open(path);
  await fresh.locator("main").getByText("shop").first().waitFor(PATIENCE);
  await fresh.waitForFunction(() => !document.querySelector(".skeleton"), null, PATIENCE);
  const text = await shown(fresh);
  await fresh.context().close();
  return text;
}

const pages = [];
for (const path of paths) {
  const page = await open(path, { quiet: true });
  await page.getByText(/^live/).first().waitFor(PATIENCE);
  await page.evaluate(() => new MutationObserver(() => {
    if (document.querySelector(".banner")?.innerText.includes("Not connected")) globalThis.said = true;
  }).observe(document.body, { childList: true, subtree: true, characterData: true }));
  pages.push(page);
}
await writeFile(`${folder}/open`, "");
for (let round = 0; !(await there("done")); await pause(20)) {
  if (!(await there(`ready-${round}`))) continue;
  await pause(CATCHES_UP_MS);
  const killed = await readFile(`${folder}/ready-${round}`, "utf8");
  for (const [i, page] of pages.entries()) {
    await step(`round ${round}, ${killed}, ${paths[i]}`, async () => {
      let live, anew;
      for (let attempt = 0; attempt < ATTEMPTS && (attempt === 0 || live !== anew); attempt++) {
        if (attempt > 0) await pause(CATCHES_UP_MS);
        live = await shown(page);
        anew = await shownAnew(paths[i]);
      }
      if (live !== anew) wrong.push(`round ${round}, ${killed}, ${paths[i]}: live: ${live}; anew: ${anew}`);
      const banner = page.locator(".banner");
      if (await banner.getByText("Not connected").count()) wrong.push(`round ${round}: it still says that it is not connected`);
      await banner.waitFor({ state: "detached", ...PATIENCE }); // the tables may be behind, as above
      const said = await page.evaluate(() => globalThis.said);
      if (killed.includes("board") && !said) wrong.push(`round ${round}: it did not say that it was not connected`);
      await page.evaluate(() => (globalThis.said = false));
    });
  }
  await writeFile(`${folder}/compared-${round++}`, "");
}
await end();
