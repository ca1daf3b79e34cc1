// How the board's start page begins, each time in a fresh browser context: prints JSON, a list of {firstPaint, shown, bytes, requests,
// nodes}; times in milliseconds from the navigation, bytes as transferred.
import { chromium } from "playwright-core";

const [base, times] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
});
const found = [];
for (let i = 0; i <= Number(times); i++) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  await page.addInitScript(() => {
    const look = () => (document.querySelector("li.row") ? (globalThis.shownAt = performance.now()) : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
  await page.goto(base + "/");
  await page.waitForFunction(() => globalThis.shownAt, null, { timeout: 30_000 });
  found.push(await page.evaluate(() => {
    const resources = performance.getEntries().filter((entry) => entry.transferSize !== undefined);
    return {
      firstPaint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? globalThis.shownAt,
      shown: globalThis.shownAt,
      bytes: resources.reduce((sum, entry) => sum + entry.transferSize, 0),
      requests: resources.length,
      nodes: document.querySelectorAll("*").length,
    };
  }));
  await page.context().close();
}
await browser.close();
console.log(JSON.stringify(found.slice(1)));
