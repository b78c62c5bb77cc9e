// What every script of a browser test stands on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const modules = createRequire(process.env.FORMFEED_BROWSER_MODULES + "/x.js");
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

export const facts = JSON.parse(process.env.FORMFEED_FACTS);

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/// Says that the script is there, and waits until the test lets it go on.
export async function step(name) {
  console.log("step " + name);
  if ((await lines.next()).done) throw new Error("the test is gone");
}

/// Fails unless it holds.
export function check(holds, words) {
  if (!holds) throw new Error(words);
}

export function equal(found, wanted, words) {
  check(JSON.stringify(found) === JSON.stringify(wanted),
    `${words}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

/// Fails unless it holds in time.
export async function eventually(holds, words, milliseconds = 15000) {
  const begin = Date.now();
  for (;;) {
    if (await holds()) return;
    check(Date.now() - begin < milliseconds, "never " + words);
    await new Promise((go) => setTimeout(go, 50));
  }
}

/// A browser window of its own, in which nothing may go wrong unseen.
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) page.troubles.push(message.text());
  });
  return page;
}

export async function signIn(page, token, url = facts.url) {
  await page.goto(url + "/sign-in");
  await page.fill("#token", token);
  await page.click("main button[type=submit]");
  await page.waitForURL((now) => !now.pathname.endsWith("/sign-in"));
}

export const text = (page, selector = "main") => page.locator(selector).innerText();

/// Fails on anything that axe finds wrong on a page.
export async function accessible(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] },
  }));
  const words = found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120) + " " + node.failureSummary).join(" | ")}`);
  check(words.length === 0, `${name}: ${words.join("\n")}`);
}

/// Runs a script in a browser; the test hears how it ended.
export async function run(script) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  try {
    await script(browser);
    for (const context of browser.contexts()) {
      for (const page of context.pages()) equal(page.troubles ?? [], [], "troubles of a page");
    }
    console.log("done");
  } catch (error) {
    console.log("failed: " + error.message.split("\n")[0]);
    console.error(error.stack ?? error);
    for (const context of browser.contexts()) {
      for (const page of context.pages()) {
        const words = await page.locator("body").innerText({ timeout: 2000 }).catch(() => "");
        console.error(`--- ${page.url()}\n${words.slice(0, 3000)}`);
      }
    }
    process.exitCode = 1;
  } finally {
    await browser.close();
    process.stdin.destroy();
  }
}
