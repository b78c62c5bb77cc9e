// What waits for a person, and nothing else, stands above everything.
import { check, equal, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  const waits = () => page.locator("[data-waiting]").getAttribute("data-waiting");
  await eventually(async () => (await waits()) === String(facts.wanted.length), `${facts.wanted.length} things wait: ` + (await text(page, "#questions")));
  const words = await text(page, "#questions");
  for (const wanted of facts.wanted) check(words.includes(wanted), `${wanted}: ${words}`);
  equal(await page.locator("#questions .question").count(), facts.wanted.length, "things that wait");
  const card = await text(page, `article:has(#printer-${facts.printer})`);
  check(card.includes(facts.card), `the card: ${card}`);
});
