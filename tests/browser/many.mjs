// Ten thousand jobs: a page of them is not much slower than a page of fifty.
import { check, equal, facts, open, run, signIn, step } from "./lib.mjs";

const PATHS = ["/", "/jobs", "/reports", "/jobs?recipient=R0001"];

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  const time = async (path) => {
    const times = [];
    for (let at = 0; at < 7; at += 1) {
      const begin = performance.now();
      equal((await page.request.get(facts.url + path)).status(), 200, path);
      times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b)[3];
  };
  const few = [];
  for (const path of PATHS) few.push(await time(path));
  await step("few");
  await page.goto(facts.url + "/jobs");
  equal(await page.locator("tbody tr").count(), 50, "jobs of a page");
  const first = await page.locator("tbody a").first().getAttribute("href");
  await page.click("text=Next page");
  await page.waitForURL(/page=/);
  check((await page.locator("tbody a").first().getAttribute("href")) !== first, "another page");
  for (const [at, path] of PATHS.entries()) {
    const ratio = (await time(path)) / few[at];
    console.error(`${path}: ${ratio.toFixed(1)} times as long with 200 times the jobs`);
    check(ratio < 20, `${path} takes ${ratio} times as long`);
  }
});
