// Whatever vendors, people and printers call themselves, it is text.
import { check, equal, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  const paths = ["/", "/jobs", "/jobs/" + facts.job, "/jobs/" + facts.job + "/sheets/1",
    "/jobs/" + facts.job + "/question?sheet=1", "/printers/files", "/printers/liar", "/reports", "/reports/" + facts.job, "/stock"];
  let seen = "";
  for (const path of paths) {
    await page.goto(facts.url + path);
    await page.waitForTimeout(300);
    equal(await page.evaluate(() => window.hacked), undefined, "hacked on " + path);
    equal(await page.locator("main script, main img[src=x]").count(), 0, "elements on " + path);
    seen += await text(page);
  }
  for (const words of [facts.payer, facts.account, facts.reason, facts.message]) check(seen.includes(words), "never seen: " + words);
  // The live stream carries it as text too.
  await page.goto(facts.url + "/printers/files");
  await eventually(async () => (await text(page, "#standing")).includes(facts.reason), "the reason");
  const csv = await (await page.request.get(facts.url + "/reports.csv")).text();
  check(csv.includes("'" + facts.formula), "a formula is text in a spreadsheet: " + csv);
  const search = await page.goto(facts.url + "/jobs?payer=" + encodeURIComponent("\"><script>window.hacked=1</script>"));
  equal(search.status(), 200, "a hostile search");
  equal(await page.evaluate(() => window.hacked), undefined, "hacked by a search");
});
