// Every page in both themes, on a phone, a desk and a wall: axe finds nothing, and nothing runs out of the window.
import { accessible, check, facts, open, run, signIn, step } from "./lib.mjs";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 }, wall: { width: 2560, height: 1440 } };

await run(async (browser) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await open(browser, { colorScheme, viewport });
      await page.goto(facts.url + "/sign-in");
      await look(page, "sign-in");
      await signIn(page, facts.token);
      for (const [name, path] of Object.entries(facts.pages)) {
        await page.goto(facts.url + path);
        await page.waitForTimeout(150);
        await look(page, name);
      }
      async function look(page, name) {
        const shot = `${name}-${colorScheme}-${size}`;
        if (facts.shots) await page.screenshot({ path: `${facts.shots}/${shot}.png`, fullPage: size !== "wall" });
        if (size !== "wall") await accessible(page, shot);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(beyond <= 0, `${shot}: ${beyond} pixels beyond the window`);
      }
      await page.context().close();
      await step(`${colorScheme} ${size}`);
    }
  }
});
