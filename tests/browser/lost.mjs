// The connection is lost, which is said at once, and comes back, whereupon the page is true again by itself.
import net from "node:net";
import { check, equal, eventually, facts, open, run, signIn, step, text } from "./lib.mjs";

/// A line to the console that can be cut.
function line(port) {
  let cut = false;
  const sockets = new Set();
  const server = net.createServer((from) => {
    if (cut) return from.destroy();
    const to = net.connect(port, "127.0.0.1");
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => { sockets.delete(socket); from.destroy(); to.destroy(); });
    }
    from.pipe(to);
    to.pipe(from);
  });
  return new Promise((go) => server.listen(0, "127.0.0.1", () => go({
    url: "http://127.0.0.1:" + server.address().port,
    cut() { cut = true; for (const socket of sockets) socket.destroy(); },
    mend() { cut = false; },
    stall() { for (const socket of sockets) { socket.unpipe(); socket.pause(); } },
    close() { server.close(); for (const socket of sockets) socket.destroy(); },
  })));
}

await run(async (browser) => {
  const wire = await line(Number(new URL(facts.url).port));
  const page = await open(browser);
  await signIn(page, facts.token, wire.url);
  await page.waitForTimeout(500);
  check(await page.locator("#lost").isHidden(), "all is well at first");
  wire.cut();
  await eventually(() => page.locator("#lost").isVisible(), "the banner", 3000);
  check((await text(page, "#lost")).includes("Connection lost"), "in words");
  await step("lost");
  wire.mend();
  await eventually(() => page.locator("#lost").isHidden(), "healed", 20000);
  await eventually(async () => (await text(page, "#printers")).includes("while you were away"), "what changed meanwhile");
  // A line that is not cut but says nothing any more.
  wire.stall();
  await eventually(() => page.locator("#lost").isVisible(), "the banner for silence", 12000);
  await eventually(() => page.locator("#lost").isHidden(), "healed from silence", 30000);
  // The daemon itself goes and comes back: nobody signs in anew, and what was typed is there, and taken.
  const straight = await open(browser);
  await signIn(straight, facts.token);
  await straight.goto(facts.url + "/printers/files");
  await straight.fill("#pause-reason", "half a");
  await straight.waitForTimeout(500);
  await step("stop it");
  await eventually(() => straight.locator("#lost").isVisible(), "the banner for the daemon", 5000);
  await step("start it");
  await eventually(() => straight.locator("#lost").isHidden(), "healed from a restart", 30000);
  check(straight.url().endsWith("/printers/files"), "where one was: " + straight.url());
  equal(await straight.locator("#pause-reason").inputValue(), "half a", "what was typed");
  await straight.locator("#pause-reason").pressSequentially(" reason");
  await straight.keyboard.press("Enter");
  await eventually(async () => (await text(straight)).includes("files is paused"), "one goes on: " + (await text(straight)));
  wire.close();
});
