// A test sheet is printed, its marks are measured, and the readings accepted.
import { check, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  await page.goto(facts.url + "/printers/laser");
  await page.selectOption("#content", "marks");
  await page.click("text=Print test sheet");
  await eventually(async () => (await text(page)).includes("a test sheet of marks is queued"), "queued");
  await eventually(async () => (await text(page, "#standing")).includes("99 sheets left"), "printed", 30000);
  const marks = facts.marks;
  for (const [at, key] of ["a", "b", "c"].entries()) {
    await page.fill("#left-" + key, marks[at][0]);
    await page.fill("#top-" + key, marks[at][1]);
  }
  await page.fill("#why-readings", "a new drum");
  await page.waitForTimeout(2500); // the page was told the time meanwhile, and nothing that was typed is lost
  await page.click("text=Accept readings");
  await eventually(async () => (await text(page, "#alignment")).includes("version 1 by olga: a new drum"), "accepted");
  // What was set meanwhile is not overwritten by a page that did not see it.
  const stale = await open(browser, { storageState: await page.context().storageState() });
  await stale.goto(facts.url + "/printers/laser");
  const seen = await stale.locator("form:has(#right) input[name=seen]").inputValue();
  check(seen === "nec-3up=1", seen);
  await stale.route("**/live*", (route) => route.abort());
  await page.fill("#right", "1.5");
  await page.click("text=Set offset");
  await eventually(async () => (await text(page, "#alignment")).includes("version 2"), "the offset");
  await stale.evaluate(() => {
    const form = document.querySelector("form:has(#right)");
    form.querySelector("[name=seen]").value = "nec-3up=1";
    form.querySelector("#right").value = "9";
    form.submit();
  });
  await stale.waitForLoadState();
  await eventually(async () => (await text(stale)).includes("Not done"), "refused");
  check(!(await text(stale, "#alignment")).includes("version 3"), "nothing was set");
});
