// Two operators answer one question: the first wins, the second is told who and what. A page that is out of date does nothing.
import { check, equal, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const [olga, bert] = [await open(browser), await open(browser)];
  await signIn(olga, facts.olga);
  await signIn(bert, facts.bert);
  const question = facts.url + "/jobs/" + facts.job + "/question?sheet=1";
  await olga.goto(question);
  await bert.route("**/live*", (route) => route.abort()); // bert's page is not told
  await bert.goto(question);
  await olga.click("#do-printed");
  await eventually(async () => (await text(olga)).includes("sheet 1 is good"), "olga's answer");
  await bert.fill("#reason-not-printed", "the tray is empty");
  await bert.click("#do-not-printed");
  await eventually(async () => (await text(bert)).includes("olga decided sheet 1 before you: printed; it is now good"), "who and what: " + (await text(bert)));
  check((await text(bert, "#answers")).includes("waits for no decision"), "the present state");

  // Tried again since: the second is told what was decided of the try that he saw.
  const sheet = facts.url + "/jobs/" + facts.job + "/question?sheet=2";
  await eventually(async () => { await bert.goto(sheet); return bert.locator("#do-spoiled").isVisible(); }, "a second question");
  // A page that is told nothing is loaded anew after a while, unless somebody has typed in it.
  await bert.fill("#reason-spoiled", "smeared");
  await bert.fill("#typed-spoiled", "spoiled");
  await olga.goto(sheet);
  await olga.fill("#reason-not-printed", "still white");
  await olga.check("#restarted");
  await olga.click("#do-not-printed");
  await eventually(async () => (await text(olga)).includes("sheet 2 was not printed"), "olga's second answer");
  await eventually(async () => { await olga.goto(sheet); return olga.locator("#do-spoiled").isVisible(); }, "asked about anew");
  await bert.click("#do-spoiled");
  await eventually(async () => (await text(bert)).includes("olga decided sheet 2 before you: not printed (still white); it was tried again since, and is now in doubt"), "who and what of the try before: " + (await text(bert)));

  // A page that is told shows it without being loaded.
  await bert.unroute("**/live*");
  // Out of date: the job was held since.
  const page = facts.url + "/jobs/" + facts.second;
  await bert.route("**/live*", (route) => route.abort());
  await bert.goto(page);
  await olga.goto(page);
  await olga.fill("#priority", "80");
  await olga.click("text=Set priority");
  await eventually(async () => (await text(olga)).includes("the priority is 80"), "olga's priority");
  await bert.fill("#priority", "20");
  await bert.click("text=Set priority");
  await eventually(async () => (await text(bert)).includes("the job changed since this page was loaded"), "refused");
  check((await text(bert)).includes("priority 80"), "the present state");
  equal(await bert.locator("#priority").inputValue(), "80", "nothing was set");
  // Sent twice, done once.
  await olga.goto(page);
  const form = await olga.evaluate(() => Object.fromEntries(new FormData(document.querySelector("form:has(#hold)"))));
  for (const wanted of ["the job is held", "the job changed since"]) {
    await olga.request.post(page, { form, headers: { origin: facts.url }, maxRedirects: 0 });
    await olga.goto(page);
    check((await text(olga)).includes(wanted), wanted + ": " + (await text(olga)));
  }
});
