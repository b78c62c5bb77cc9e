// A sheet is in doubt after a crash; an operator looks and answers, with the keyboard alone.
import { check, equal, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  check((await text(page, "#questions")).includes("1 thing waits for you"), "one thing waits");
  check((await page.title()).startsWith("(1) "), "the title says so: " + (await page.title()));
  await page.locator("#questions a.button").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/question/);
  const words = await text(page);
  check(words.includes("in doubt"), words);
  check(words.includes("R0001, R0002, R0003"), "accounts of the sheet");
  check(words.includes("quantity 0 → 3, total 0.00 → 3,000.06"), "the consequence of printed: " + words);
  check(words.includes("Prints sheet 1 again: quantity unchanged, 0."), "the consequence of not printed");
  const picture = page.locator("figure img");
  check(await picture.evaluate((img) => img.complete && img.naturalWidth > 400), "a picture of the sheet");
  await eventually(async () => !(await text(page, "#device")).includes("Ask the device"), "the device's word");
  // Stock is not lost without the word.
  await page.fill("#reason-spoiled", "toner smeared");
  await page.focus("#do-spoiled");
  await page.keyboard.press("Enter");
  check(await page.locator("#typed-spoiled").evaluate((input) => !input.checkValidity()), "the word is wanted");
  check(page.url().includes("question"), "still there");
  await page.fill("#typed-spoiled", "spoiled");
  await page.focus("#do-spoiled");
  await page.keyboard.press("Enter");
  await page.waitForLoadState();
  await eventually(async () => (await text(page)).includes("sheet 1 is spoiled"), "spoiled");
  check((await text(page, "#answers")).includes("Takes 1 more sheet of nec-3up"), "what a reprint costs");
  await page.fill("#reason-reprint", "fresh sheet in the tray");
  await page.click("#do-reprint");
  await page.waitForURL(/jobs\/[^/]+$/);
  await eventually(async () => (await text(page, "#standing")).includes("completed"), "completed", 30000);
  const decided = await text(page, "#decided");
  check(decided.includes("olga: spoiled, sheet 1 (toner smeared)"), decided);
  check(decided.includes("olga: reprint, sheet 1 (fresh sheet in the tray)"), decided);
  const report = await text(page, "#report");
  check(/Spoiled\s+1/.test(report), report);
  check(report.includes("7 forms printed"), report);
  await page.goto(facts.url + "/");
  check((await text(page, "#questions")).includes("Nothing waits for you"), "nothing waits any more");
  equal(await page.locator("#questions .question").count(), 0, "no question");
});
