// A number that cannot be read decides nothing, and is told; nor does an address that is none.
import { check, equal, facts, open, run, signIn, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, facts.token);
  // Past the browser's own checks, as an older page or another program may send it.
  async function post(path, of, change, wanted) {
    await page.goto(facts.url + path);
    const [action, form] = await page.evaluate((of) => {
      const form = document.querySelector(of).closest("form");
      return [form.action, Object.fromEntries(new FormData(form))];
    }, of);
    const sent = { form: { ...form, ...change }, headers: { origin: facts.url }, maxRedirects: 0 };
    await page.request.post(action, sent);
    await page.goto(facts.url + path);
    const words = await text(page);
    check(words.includes("Not done: " + wanted), `${wanted}: ${words}`);
  }
  const job = "/jobs/" + facts.job;
  const question = job + "/question?sheet=1";
  await post(question, "#do-printed", { serial: "99999999999999999999" }, "serial is a whole number");
  await post(question, "#do-confirm", { last: "" }, "last is a whole number");
  await post(question, "#do-confirm", { sheet: "" }, "sheet is a whole number");
  await page.goto(facts.url + job);
  check((await text(page, "#standing")).includes("0 of 2"), "no sheet is good");
  const shift = { stock: "nec-3up", columns: "1.5", lines: "two" };
  await post("/printers/impact", "#columns", shift, "columns is a whole number");
  check((await text(page, "#alignment")).includes("Nothing is put right"), "nothing is set");
  await post(job, "#priority", { priority: "0x10" }, "priority is a whole number");

  const csrf = await page.locator("input[name=csrf]").first().inputValue();
  const none = { form: { csrf, verb: "hold" }, headers: { origin: facts.url }, maxRedirects: 0 };
  equal((await page.request.post(facts.url + "/jobs/a%0d%0ab", none)).status(), 400, "no name of a job");
  // A printer may be called like a part of our addresses.
  const stranger = await open(browser);
  await stranger.goto(facts.url + "/printers/live");
  check(stranger.url().includes("/sign-in?next=%2Fprinters%2Flive"), "sign in first: " + stranger.url());
  await signIn(stranger, facts.viewer);
  await stranger.goto(facts.url + job + "/sheets/1");
  check(!(await text(stranger)).includes("Decide"), "who may only look decides nothing");
});
