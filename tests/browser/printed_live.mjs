// A job is printed before the eyes of an operator, who never loads the page anew.
import { check, equal, eventually, facts, open, run, signIn, step, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  check((await text(page, "#questions")).includes("Nothing waits for you"), "nothing waits at first");
  check((await text(page, "#queue")).includes("No job is open"), "the line is empty");
  await page.evaluate(() => { window.sameLoad = true; });
  await step("watching");
  await eventually(async () => (await text(page, "#printers")).includes("printing"), "printing");
  await eventually(async () => /0 of 3 sheets good · 1 sending/.test(await text(page, "#printers")), "0 of 3");
  equal(await page.locator("#printers .strip li").allInnerTexts(), ["▶", "·", "·"], "sheet by sheet");
  check((await text(page, "#printers")).includes("nec-3up, 99 sheets left"), "stock: " + (await text(page, "#printers")));
  const href = await page.locator("#printers article a[href*='/jobs/']").getAttribute("href");
  const job = await open(browser, { storageState: await page.context().storageState() });
  await job.goto(facts.url + href);
  equal(await job.locator(".cell").count(), 3, "cells");
  check((await job.locator("#sheet-3").innerText()).includes("v2"), "two void slots on the last sheet");
  await job.evaluate(() => { window.sameLoad = true; });
  await step("printing");
  await eventually(async () => (await text(job, "#standing")).includes("completed"), "completed");
  await eventually(async () => (await job.locator(".cell.good").count()) === 3, "three good cells");
  await eventually(async () => (await text(job, "#report")).includes("Final, version 1"), "the final report");
  check((await text(job, "#report")).includes("7,000.28 total"), "the total");
  await eventually(async () => (await text(page, "#queue")).includes("No job is open"), "an empty line again");
  check(await page.evaluate(() => window.sameLoad), "the overview was not loaded anew");
  check(await job.evaluate(() => window.sameLoad), "the job was not loaded anew");
  await page.goto(facts.url + "/reports?payer=TE1&year=2025&recipient=R0004");
  equal(await page.locator("tbody tr").count(), 1, "found by recipient");
  await page.goto(facts.url + "/reports?recipient=R0099");
  equal(await page.locator("tbody tr").count(), 0, "nobody else");
  const csv = await page.request.get(facts.url + "/reports.csv?payer=TE1");
  check((await csv.text()).includes(",7000.28,168.00,"), "CSV: " + (await csv.text()));
  await page.goto(facts.url + href.replace("jobs", "reports"));
  check((await text(page)).includes("Final report"), "a report to print");
});
