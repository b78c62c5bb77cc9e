// Everything can be read and done without JavaScript.
import { check, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser, { javaScriptEnabled: false });
  await signIn(page, facts.token);
  check((await text(page, "#queue")).includes("Queue"), "the overview");
  await page.click("#job-" + facts.job);
  await page.click("#hold");
  await page.waitForLoadState();
  check((await text(page)).includes("the job is held"), "held");
  await page.click("#release");
  check((await text(page)).includes("the job is released"), "released");
  await page.fill("#cancel-reason", "not today");
  await page.click("text=Cancel job");
  check((await text(page)).includes("the job is canceled"), "canceled");
  await page.goto(facts.url + "/jobs/" + facts.job + "/sheets/1");
  check((await text(page)).includes("R0001"), "a sheet");
  await page.goto(facts.url + "/reports/" + facts.job);
  check((await text(page)).includes("olga: cancel (not today)"), "the report");
});
