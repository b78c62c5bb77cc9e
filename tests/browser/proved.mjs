// What was decided can be proved afterwards: every decision, and every final report, for ever.
import { check, equal, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  await page.goto(`${facts.url}/jobs/${facts.many}`);
  const decided = await text(page, "#decided");
  check(decided.includes("THE-LAST-WORD"), "the last decision: " + decided.slice(-300));
  check(decided.indexOf("THE-LAST-WORD") < decided.indexOf("priority"), "the newest is first");
  await page.click("#all-decisions");
  await page.waitForURL(/reports/);
  const all = await page.locator("#decided + ol > li").allInnerTexts();
  equal(all.length, facts.decisions, "decisions of the report");
  check(all[0].includes("priority 1") && all.at(-1).includes("THE-LAST-WORD"), "the first and the last");

  // A job that is open again keeps its final report where it was.
  for (const path of ["/reports", "/reports?payer=TE1&year=2025"]) {
    await page.goto(facts.url + path);
    const row = await text(page, `tr:has(a[href*="${facts.again}"])`);
    check(row.includes("open again"), path + ": " + row);
  }
  await page.click(`a[href*="${facts.again}"]`);
  check(/Final report/.test(await text(page, "h1")), "the final one");
  check((await text(page)).includes("Final, version 1"), await text(page));
  await page.click("text=2, provisional");
  check(/Provisional report/.test(await text(page, "h1")), "the one to come");
  const csv = await (await page.request.get(facts.url + "/reports.csv")).text();
  const line = csv.split("\n").find((line) => line.includes(facts.again));
  check(line && /,TE1,2025,[^,]+,files,[^,]*,ada,1,7,/.test(line), "its row: " + line);
});
