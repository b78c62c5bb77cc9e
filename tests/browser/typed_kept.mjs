// What an operator types stays, whatever else changes; where it is about something that is past, the page says so.
import { check, equal, eventually, facts, open, run, signIn, step, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  await page.goto(`${facts.url}/jobs/${facts.held}`);
  await page.fill("#cancel-reason", "wrong paper");
  await step("a reason is typed");
  await eventually(async () => (await page.locator("#to").innerHTML()).includes("laser (stopped)"), "the other printer's state");
  equal(await page.locator("#cancel-reason").inputValue(), "wrong paper", "the reason");
  equal(await page.evaluate(() => document.activeElement.id), "cancel-reason", "where one types");
  await page.keyboard.type("!");
  equal(await page.locator("#cancel-reason").inputValue(), "wrong paper!", "one types on");

  await page.goto(`${facts.url}/jobs/${facts.job}/question?sheet=1`);
  await page.fill("#reason-abandon", "vendor left");
  await page.fill("#typed-abandon", "give u");
  await step("half an answer is typed");
  await eventually(async () => (await text(page, "#answers")).includes("Quantity stays 3"), "the new quantity");
  equal(await page.locator("#reason-abandon").inputValue(), "vendor left", "why");
  await page.keyboard.type("p");
  equal(await page.locator("#typed-abandon").inputValue(), "give up", "one types on");
  await step("another decides");
  await eventually(async () => (await text(page, "#answers")).includes("What you typed is kept"), "it is out of date");
  equal(await page.locator("#reason-abandon").inputValue(), "vendor left", "it stays");
  await page.click("text=Show how it is now");
  await eventually(async () => !(await text(page, "#answers")).includes("Give it up"), "how it is now");
  check(!(await text(page, "#answers")).includes("What you typed"), "nothing is out of date any more");
});
