// Where duty is separated: a second person approves a printer, and agrees to what one says of a sheet.
import { accessible, check, equal, eventually, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const [olga, bert] = [await open(browser), await open(browser)];
  await signIn(olga, facts.olga);
  await signIn(bert, facts.bert);

  await bert.goto(facts.url + "/printers/laser");
  check((await text(bert, "#standing")).includes("another person looks at it and approves it"), "why it prints nothing");
  check((await text(bert, "#standing")).includes("nobody else"), "who stands for it");
  await accessible(bert, "a printer to approve");
  await bert.click("#approve");
  await eventually(async () => (await text(bert)).includes("laser is approved"), "approved");
  check(/Approved by\s+bert/.test(await text(bert, "#standing")), "by whom");
  equal(await bert.locator("#approve").count(), 0, "it is done");

  await olga.goto(facts.url + "/jobs/" + facts.job + "/question?sheet=1");
  await olga.fill("#reason-spoiled", "smeared");
  await olga.fill("#typed-spoiled", "spoiled");
  await olga.click("#do-spoiled");
  await eventually(async () => (await text(olga)).includes("until another person agrees"), "it is kept");
  const proposed = "olga proposes spoiled for sheet 1";
  await olga.goto(facts.url + "/");
  await eventually(async () => (await text(olga, "#questions")).includes(proposed), "it waits");
  await olga.click("a[id^=second-]");
  check((await text(olga)).includes("You proposed it"), "not her own to agree to");
  equal(await olga.locator("#agree").count(), 0, "no such button");

  await bert.goto(facts.url + "/");
  await eventually(async () => (await text(bert, "#questions")).includes(proposed), "it waits for another");
  await accessible(bert, "what waits for a second person");
  await bert.click("a[id^=second-]");
  check((await text(bert)).includes("smeared"), "why");
  await accessible(bert, "a proposal");
  if (facts.picture) await bert.screenshot({ path: facts.picture });
  await bert.fill("#agree-typed", "agree");
  await bert.click("#agree");
  await eventually(async () => (await text(bert)).includes("it is carried out, in both names"), "carried out");
  check(!(await text(bert, "#questions")).includes(proposed), "nothing waits any more");
  await bert.goto(facts.url + "/jobs/" + facts.job);
  check((await text(bert)).includes("spoiled, sheet 1, as olga proposed"), "both names: " + (await text(bert)));

  await bert.goto(facts.url + "/proposals/%00");
  check((await text(bert)).includes("there is no such proposal"), "no such page");
});
