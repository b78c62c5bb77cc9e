// Many open pages do not block each other: a browser opens only six lines to a server.
import { check, eventually, facts, open, run, signIn, step, text } from "./lib.mjs";

await run(async (browser) => {
  const first = await open(browser);
  await first.context().addInitScript(() => {
    let hidden = false;
    Object.defineProperty(document, "hidden", { get: () => hidden });
    window.hide = (now) => { hidden = now; document.dispatchEvent(new Event("visibilitychange")); };
  });
  await signIn(first, facts.token);
  const pages = [first];
  const hide = (page, now) => page.evaluate((now) => window.hide(now), now);
  for (let number = 0; number < 9; number += 1) {
    await first.waitForTimeout(200);
    await hide(pages.at(-1), true);
    const page = await first.context().newPage();
    page.setDefaultTimeout(10000);
    await page.goto(facts.url + "/");
    pages.push(page);
  }
  await step("many are open");
  const last = pages.at(-1);
  await eventually(async () => (await text(last, "#questions")).includes("the tray is open"), "the page in front is told");
  check(!(await text(first, "#questions")).includes("the tray is open"), "a hidden one is not");
  await eventually(async () => (await first.title()).startsWith("(1) "), "but counts what waits: " + (await first.title()), 25000);
  await hide(last, true);
  await hide(first, false);
  await eventually(async () => (await text(first, "#questions")).includes("the tray is open"), "once it is seen it is true");
  check(await first.locator("#lost").isHidden(), "and was never lost");
});
