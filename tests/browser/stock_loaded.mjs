// A printer without stock holds its job; an operator loads stock, and it prints.
import { check, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  await eventually(async () => (await text(page)).includes("load stock nec-3up on laser"), "the stock that is wanted");
  await page.click("#printer-laser");
  check((await text(page, "#standing")).includes("none loaded"), "no stock");
  await page.selectOption("#stock", "nec-3up");
  await page.fill("#sheets", "50");
  await page.click("button:text-is('Load')");
  await eventually(async () => (await text(page)).includes("nec-3up is loaded on laser"), "loaded");
  await eventually(async () => (await text(page, "#standing")).includes("47 sheets left"), "three sheets taken", 30000);
  check((await text(page, "#history")).includes("load stock by olga"), "who loaded it");
  const counted = /nec-3up .*\(in the printer\)\s+50\s+3\s+0\s+0\s+0\s+0\s+0\s+0\s+47\s+olga/;
  const seen = async () => {
    await page.goto(facts.url + "/stock");
    return counted.test(await text(page, "tbody"));
  };
  await eventually(seen, "three good sheets and 47 left");
  const csv = await (await page.request.get(facts.url + "/stock.csv")).text();
  check(/laser,nec-3up,[^,]+,olga,yes,50,3,0,0,0,0,0,0,47/.test(csv), csv);
});
