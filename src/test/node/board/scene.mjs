// The pictures in README.md: a board as one finds it on a working day. Told by commands to a board that knows nothing yet;
// the pictures go into the folder given.
import { writeFile } from "node:fs/promises";
import { PATIENCE, accepted, end, open, read, step, wrong } from "./browser.mjs";

const MINUTE = 60_000;
const QUALITY = 0.8;
const folder = process.argv[3];
const reported = { completion: "reported", whenBusy: "queue" };
const staging = { id: "staging", tier: "staging", after: ["development"], policy: reported };
const ONE = [{ id: "development" }, staging, { id: "production", tier: "production", after: ["staging"], policy: reported }];
const TWO = [{ id: "development" }, staging, ...["eu", "us"].map((region) => ({ id: `production-${region}`, tier: "production", after: ["staging"], policy: reported }))];

async function application(id, environments, facts, releases) {
  await accepted("pipeline.define", { application: id, environments });
  await accepted("application.update", { application: id, ...facts });
  for (const [release, title, actor = "ci"] of releases) {
    await accepted("release.create", { application: id, release, title, actor, source: { repoUrl: `https://github.com/example/${id}`, commitSha: sha(id + release) } });
  }
}

/** Forty digits that look like a commit's, the same at each run. */
function sha(text) {
  let seed = [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 2147483647, 7);
  return Array.from({ length: 40 }, () => ((seed = (seed * 16807) % 2147483647) % 16).toString(16)).join("");
}

async function start(id, environment, release, actor = "ci", more = {}) {
  return (await accepted("release.deploy", { application: id, release, environment, actor, ...more })).deployment;
}

const report = (id, deployment, status, more) => accepted("deployment.report", { application: id, deployment, status, ...more });

async function deployed(id, environment, releases, actor) {
  for (const release of releases) await report(id, await start(id, environment, release, actor), "succeeded");
}

await application("shop", TWO, { title: "Web shop", owner: "Team Storefront", url: "https://shop.example" }, [
  ["1.5.1", "Faster search", "ben"], ["1.5.2", "Vouchers can be combined", "ana"], ["1.6.0", "Summer sale", "ana"], ["1.6.1", "Rounding of discounts mended"], ["1.7.0-rc.1", "Wallet payments, first candidate", "ben"],
]);
await deployed("shop", "staging", ["1.5.1", "1.5.2", "1.6.0"]);
await deployed("shop", "production-eu", ["1.5.1", "1.5.2"], "ana");
await deployed("shop", "production-us", ["1.5.1"], "ben");
await application("payments", ONE, { title: "Payments", owner: "Team Money" }, [["2.0.8", "Retries on time-outs"], ["2.0.9", "New client of the bank", "mo"], ["2.1.0", "Direct debit", "mo"]]);
await deployed("payments", "staging", ["2.0.8", "2.0.9", "2.1.0"], "mo");
await deployed("payments", "production", ["2.0.8"], "mo");
await application("search", ONE, { title: "Search", owner: "Team Storefront" }, [["0.9.2", "Synonyms"], ["0.9.3", "Typing errors are forgiven", "carla"]]);
await deployed("search", "staging", ["0.9.2", "0.9.3"], "carla");
await deployed("search", "production", ["0.9.2"], "carla");
for (const [id, owner, newer] of [["basket", "Team Storefront", true], ["invoices", "Team Money", false], ["login", "Team Ground", true], ["warehouse", "Team Ground", false]]) {
  await application(id, ONE, { owner }, [["3.1.0", "Dependencies"], ["3.2.0", "Smaller images"]]);
  await deployed(id, "staging", newer ? ["3.1.0", "3.2.0"] : ["3.1.0"]);
  await deployed(id, "production", newer ? ["3.1.0"] : []);
}
const failed = await start("payments", "production", "2.0.9", "mo");
await report("payments", failed, "failed", { message: "Health check: exit 7 after 3 attempts", url: "https://ci.example/runs/4188" });
await start("search", "production", "0.9.3", "carla", { notBefore: new Date(Date.now() + 47 * MINUTE).toISOString(), reason: "After the peak" });
await start("shop", "production-us", "1.6.0", "ana", { notBefore: new Date(Date.now() + 31 * 60 * MINUTE).toISOString(), reason: "A day after Europe" });
const moving = await start("shop", "production-eu", "1.6.0", "ana", { reason: "The sale begins at noon" });
await report("shop", moving, "in_progress", { message: "14 of 24 pods are ready", url: "https://ci.example/runs/4201" });

/** A picture as the browser compresses it: a third of what it was. */
async function webp(png) {
  const page = await open("", { at: "about:blank" });
  const url = await page.evaluate(async ([bytes, quality]) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/webp", quality);
  }, [png.toString("base64"), QUALITY]);
  return Buffer.from(url.split(",")[1], "base64");
}

const pictures = [
  ["board-home", "/", { width: 1280, height: 800 }, ".attention .bad li"],
  ["board-application", "/#/app/shop", { width: 1280, height: 900 }, ".place.run .message"],
  ["board-telephone", "/", { width: 390, height: 760, colorScheme: "dark" }, ".attention .bad li"],
];
for (const [name, path, look, there] of pictures) {
  await step(name, async () => {
    const page = await open(path, look);
    await page.locator(there).first().waitFor(PATIENCE);
    await page.locator(".stream.live").waitFor(PATIENCE);
    await page.waitForFunction(() => !document.querySelector(".skeleton"), null, PATIENCE);
    await writeFile(`${folder}/${name}.webp`, await webp(await page.screenshot()));
  });
}
if ((await read("/api/overview")).counts.applications !== 7) wrong.push("the board knew other applications");
await end();
