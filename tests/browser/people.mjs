// Signing in and out, who may only look, and changes that no page of ours sent.
import { check, equal, eventually, facts, open, run, signIn, step, text } from "./lib.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await page.goto(facts.url + "/jobs?open=on");
  check(page.url().includes("/sign-in?next=%2Fjobs%3Fopen%3Don"), "sign in first: " + page.url());
  await page.fill("#token", "ff_wrong");
  await page.click("main button");
  await eventually(async () => (await text(page)).includes("unknown or revoked"), "refused");
  await page.fill("#token", facts.service);
  await page.click("main button");
  await eventually(async () => (await text(page)).includes("a service's token"), "services stay out");
  await page.goto(facts.url + "/jobs?open=on");
  await page.fill("#token", facts.operator);
  await page.click("main button");
  await page.waitForURL(/\/jobs\?open=on$/);
  const [cookie] = await page.context().cookies();
  equal([cookie.httpOnly, cookie.sameSite, cookie.secure], [true, "Strict", false], "the cookie");
  check(!JSON.stringify(cookie).includes(facts.operator), "the token is not in the cookie");
  check((await text(page, ".who")).includes("olga"), "who is signed in");

  // Who may only look, sees no form, and is refused one.
  const viewer = await open(browser);
  await signIn(viewer, facts.auditor);
  await viewer.goto(facts.url + "/jobs/" + facts.job);
  equal(await viewer.locator("main form").count(), 0, "forms of a viewer");
  check((await text(viewer, "#standing")).includes("held"), "but what there is to see");
  const csrf = (who) => who.locator("input[name=csrf]").first().inputValue();
  const post = (who, form, headers = {}) => who.request.post(facts.url + "/jobs/" + facts.job, { form, headers, maxRedirects: 0 });
  const own = { origin: facts.url };
  await page.goto(facts.url + "/jobs/" + facts.job);
  const seen = await page.locator("main input[name=seen]").first().inputValue();
  let answer = await post(viewer, { csrf: await csrf(viewer), verb: "release", seen }, own);
  equal(answer.status(), 303, "answered by the page to read next");
  await viewer.goto(facts.url + "/jobs/" + facts.job);
  check((await text(viewer)).includes("role auditor may only look"), "refused: " + (await text(viewer)));

  // From another site, with another session's form, or with none.
  for (const [headers, form, why] of [
    [{ origin: "https://evil.example" }, { csrf: await csrf(page) }, "another site"],
    [{ origin: "null" }, { csrf: await csrf(page) }, "no site"],
    [{}, { csrf: await csrf(page) }, "nobody says from where"],
    [own, { csrf: await csrf(viewer) }, "another session's form"],
    [own, {}, "no form of ours"],
  ]) {
    answer = await post(page, { ...form, verb: "release", seen }, headers);
    equal(answer.status(), 403, why);
  }
  const evil = await open(browser);
  await evil.route("http://evil.example/**", (route) => route.fulfill({
    contentType: "text/html",
    body: `<form method=post action="${facts.url}/jobs/${facts.job}"><input name=verb value=release><button>go</button></form>`,
  }));
  await evil.context().addCookies([cookie]);
  await evil.goto("http://evil.example/");
  await evil.click("button");
  await evil.waitForLoadState();
  check(!(await evil.content()).includes("is released"), "a page of another site releases nothing");
  await step("refused");

  const headers = (await page.goto(facts.url + "/")).headers();
  check(headers["content-security-policy"].includes("default-src 'none'"), "a content policy");
  check(!/unsafe|\*/.test(headers["content-security-policy"]), "a strict one");
  equal([headers["x-content-type-options"], headers["x-frame-options"], headers["cache-control"]], ["nosniff", "DENY", "no-store"], "headers");
  answer = await page.request.get(facts.url + "/", { headers: { host: "evil.example" } });
  equal(answer.status(), 421, "another host's name");

  await page.click("text=Sign out");
  await page.waitForURL(/sign-in/);
  await page.goto(facts.url + "/jobs");
  check(page.url().includes("/sign-in"), "signed out");

  // A revoked token ends its sessions.
  await signIn(page, facts.operator);
  await step("signed in");
  await eventually(async () => {
    await page.goto(facts.url + "/jobs");
    return page.url().includes("/sign-in");
  }, "out with the token");
});
