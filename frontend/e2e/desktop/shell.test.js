// What the window is not able to do, and the little that the shell does for it.

import assert from "node:assert/strict";
import { eventually } from "../support/eventually.js";
import { scene } from "./support/scene.js";
import { BINARY } from "./support/user.js";

scene("the page can do what it needs and nothing more", async ({ user }) => {
  const alice = await user("alice");
  await alice.sees("Welcome to IM-TT");
  const refused = (/** @type {string} */ command, /** @type {unknown} */ given = {}) =>
    alice.driver.run(
      `const [command, given] = arguments;
      return window.__TAURI__.core.invoke(command, given).then(() => "it did", (error) => String(error));`,
      command,
      given,
    );
  for (const command of [
    "plugin:process|restart",
    "plugin:shell|execute",
    "plugin:fs|read_text_file",
    "plugin:window|set_title",
    "plugin:webview|create_webview_window",
    "plugin:event|emit",
    "plugin:opener|open_path",
  ]) {
    assert.match(await refused(command), /not allowed|not found|missing/i, command);
  }
  for (const url of [
    "file:///etc/passwd",
    "javascript" + ":alert(1)",
    "ssh://example.org",
    "imtt://conversation/u:1",
  ]) {
    assert.match(await refused("plugin:opener|open_url", { url }), /not allowed|forbidden/i, url);
  }
  assert.match(await refused("refresh_token_write", { server: "x", token: "y" }), /bad_server/);
  assert.deepEqual(await alice.desk.opened(), []);
});

scene("the page's policy holds, and nothing else is ever shown in its window", async ({ server, user }) => {
  const alice = await user("alice");
  await alice.sees("Welcome to IM-TT");
  const found = await alice.driver.run(
    `const [address] = arguments;
    const refused = (run) => { try { run(); return "it did"; } catch (error) { return error.name; } };
    const image = new Image();
    const pictured = new Promise((done) => { image.onload = () => done("loaded"); image.onerror = () => done("refused"); });
    image.src = address + "/icon.svg";
    const script = document.createElement("script");
    // By a way that Trusted Types do not see; the policy does.
    script.append("window.wasRun = true");
    try { document.head.append(script); } catch {}
    return {
      code: refused(() => (0, eval)("1")),
      markup: refused(() => { document.createElement("p").innerHTML = "<b>x</b>"; }),
      frozen: Object.isFrozen(Object.prototype),
      inline: window.wasRun === true,
      picture: await pictured,
      elsewhere: await fetch("http://192.0.2.1/").then(() => "it did", (error) => error.name),
    };`,
    server.address,
  );
  assert.notEqual(found.code, "it did");
  assert.notEqual(found.markup, "it did");
  assert.deepEqual(
    [found.frozen, found.inline, found.picture, found.elsewhere],
    [true, false, "refused", "TypeError"],
  );
  await alice.driver.run("setTimeout(() => { location.href = arguments[0]; })", server.address);
  await alice.driver.run("window.open(arguments[0])", server.address);
  await alice.sees("Welcome to IM-TT");
  assert.match(await alice.driver.run("return location.href"), /^tauri:\/\/localhost/);
});

scene("a link to elsewhere opens in the system's browser", async ({ user }) => {
  const alice = await user("alice");
  await alice.sees("Welcome to IM-TT");
  await alice.driver.run(`for (const href of ["https://example.org/a?b=c", "mailto:bob@example.org"]) {
    const link = Object.assign(document.createElement("a"), { href, target: "_blank", textContent: href });
    document.body.append(link);
    link.click();
  }`);
  await eventually("both were opened", async () => (await alice.desk.opened()).length === 2, {
    found: () => alice.desk.opened(),
  });
  assert.deepEqual((await alice.desk.opened()).sort(), [
    "https://example.org/a?b=c",
    "mailto:bob@example.org",
  ]);
  assert.match(await alice.driver.run("return location.href"), /^tauri:\/\/localhost/);
});

scene(
  "Ctrl and + make everything larger, also at the next start, and Ctrl and 0 as it was",
  async ({ user }) => {
    const alice = await user("alice");
    await alice.sees("Welcome to IM-TT");
    await alice.looks();
    const width = () => alice.driver.run("return innerWidth");
    const before = await width();
    await alice.desk.press("ctrl+equal");
    await alice.desk.press("ctrl+equal");
    await eventually("it is larger", async () => Math.abs((await width()) * 1.25 - before) < 10, {
      found: width,
    });
    await alice.restarts();
    await eventually("it is as large again", async () => Math.abs((await width()) * 1.25 - before) < 10, {
      found: width,
    });
    await alice.looks();
    await alice.desk.press("ctrl+0");
    await eventually("it is as it was", async () => (await width()) === before, { found: width });
  },
);

scene("the settings have a part for this computer, and starting by itself is the system's", async (world) => {
  const alice = await world.user("alice");
  await alice.connects(world.server.address);
  await alice.registers();
  await alice.chooses("Settings");
  await alice.chooses("This computer");
  await alice.sees("When I log in to this computer");
  await alice.chooses("Start IM-TT");
  const started = () =>
    alice.driver.run(`return window.__TAURI__.core.invoke("plugin:autostart|is_enabled")`);
  await eventually("the system starts it", started);
  const entry = await alice.desk.does("sh", ["-c", 'cat "$HOME"/.config/autostart/*.desktop']);
  assert.match(entry.said, /^Exec=.*im-tt-desktop.* --hidden$/m);
  await world.picture(alice, "settings");
  await alice.chooses("Do not start it");
  await eventually("the system does not", async () => !(await started()));

  await alice.ends();
  await alice.starts("--hidden");
  await alice.isIn();
  await alice.windowIs(false);
  await alice.startsAgain();
  await alice.windowIs(true);
});

scene("started again while it is just ending, it is there", async ({ user }) => {
  const alice = await user("alice");
  await alice.windowIs(true);
  const { said } = await alice.desk.does("xdotool", ["search", "--name", "IM-TT", "getwindowpid"]);
  const before = Number(said.trim());
  // Stopped, it neither answers nor lets its name go: so it stands at the end of its life for as long as is wanted.
  process.kill(before, "SIGSTOP");
  alice.desk.start(BINARY, []);
  await eventually("the one before is asked", () => alice.desk.isAskedToShow);
  process.kill(before, "SIGKILL");
  await eventually("the other one's window is seen", async () => {
    const windows = await alice.desk.does(
      "xdotool",
      ["search", "--onlyvisible", "--name", "IM-TT", "getwindowpid"],
      false,
    );
    return Number(windows.said.trim()) > 0 && Number(windows.said.trim()) !== before;
  });
});
