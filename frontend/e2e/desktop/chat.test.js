// Two people, each with the app at a desk of their own.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PNG } from "pngjs";
import { eventually } from "../support/eventually.js";
import { freePort } from "../support/ports.js";
import { scene } from "./support/scene.js";

scene(
  "a first start asks for the server, and says what is wrong with one",
  async ({ server, user, picture }) => {
    const alice = await user("alice");
    await alice.sees("Welcome to IM-TT");
    await picture(alice, "first-start");
    await alice.connects("two words");
    await alice.sees("That is not an address.");
    await alice.connects("http://chat.example.org");
    await alice.sees("Only https is safe");
    await alice.connects("chat.invalid");
    await alice.sees("There is no server with that name.");
    await picture(alice, "server-unknown");
    await alice.connects(`127.0.0.1:${await freePort()}`);
    await alice.sees("Nothing is listening at that address.");
    await alice.connects(`https://127.0.0.1:${server.port}`);
    await alice.sees("The connection cannot be made safely");
    await alice.connects(alice.desk.driver);
    await alice.sees("it is no IM-TT server");
    await alice.connects(`127.0.0.1:${server.port}`);
    await alice.sees("Log in");
    await alice.sees(`Server: 127.0.0.1:${server.port}`);
    await picture(alice, "log-in");
  },
);

scene("two people chat, and a restart finds both where they were", async ({ server, user, picture }) => {
  const [alice, bob] = await Promise.all([user("alice"), user("bob")]);
  for (const who of [alice, bob]) {
    await who.connects(server.address);
    await who.registers();
  }
  await alice.finds("bob");
  await alice.writes("Hello Bob, 晚上好");
  await bob.sees("Hello Bob, 晚上好");
  await bob.clicks("[role=option]");
  await bob.writes("Hello Alice <b>& all</b>");
  await alice.sees("Hello Alice <b>& all</b>");
  await picture(alice, "chat");
  const key = await alice.key();
  await alice.restarts();
  await alice.isIn();
  await alice.sees("Hello Alice <b>& all</b>");
  await alice.driver.run("document.querySelector('[role=option]').click()");
  await eventually("the conversation is the one it was", async () => (await alice.key()) === key);
  await alice.writes("Still here");
  await bob.sees("Still here");
});

scene("what nobody looks at is told, and pressing it opens it", async ({ server, user, picture }) => {
  const [alice, bob] = await Promise.all([user("alice"), user("bob")]);
  for (const who of [alice, bob]) {
    await who.connects(server.address);
    await who.registers();
  }
  await alice.finds("bob");
  const key = await alice.key();
  await alice.looks();
  await alice.writes("Here I am");
  await bob.sees("Here I am");
  await bob.clicks("[role=option]");
  await bob.writes("seen at once");
  await alice.sees("seen at once");

  await alice.desk.press("alt+F4");
  await alice.sees("Keep IM-TT running?");
  await picture(alice, "closing");
  await alice.chooses("Keep running");
  await alice.windowIs(false);
  await alice.looksAway();
  await bob.writes("are you <i>there</i> & well?");
  await alice.isNotified("bob", "are you &lt;i&gt;there&lt;/i&gt; &amp; well?");
  assert.deepEqual(
    alice.desk.notices.map(({ text }) => text),
    ["are you &lt;i&gt;there&lt;/i&gt; &amp; well?"],
    "nothing was told of what was looked at",
  );
  const face = PNG.sync.read(await readFile(new URL(alice.desk.notices[0]?.icon ?? "")));
  assert.deepEqual([face.width, face.height, face.data[3]], [128, 128, 0], "it has a face, which is round");
  await alice.desk.showsNotice();
  await picture(alice, "notification");
  await alice.driver.run("history.replaceState(null, '', '#'); dispatchEvent(new PopStateEvent('popstate'))");
  await eventually("no conversation is open", async () => (await alice.key()) === "");
  await alice.desk.pressNotice();
  await alice.windowIs(true);
  await eventually("the conversation is open", async () => (await alice.key()) === key);
  await alice.looks();

  await alice.desk.press("alt+F4");
  await alice.windowIs(false);
  await alice.driver.run("localStorage.setItem('seen', 'x')");
  await alice.startsAgain();
  await alice.windowIs(true);
  await alice.looks();

  const [window = ""] = await alice.desk.windows("IM-TT");
  await alice.desk.does("xdotool", ["windowminimize", window]);
  await alice.looksAway();
  await bob.writes("and now?");
  await alice.isNotified("bob", "and now?");
  await eventually("the taskbar flashes", () => alice.desk.isUrgent(window));
  await alice.startsAgain();
  await eventually("it flashes no more", async () => !(await alice.desk.isUrgent(window)));
});

scene("a link opens its conversation in the app that runs, and a hostile one does nothing", async (world) => {
  const [alice, bob] = [await world.user("alice"), await world.user("bob")];
  for (const who of [alice, bob]) {
    await who.connects(world.server.address);
    await who.registers();
  }
  await alice.finds("bob");
  const key = await alice.key();
  await alice.driver.run("history.replaceState(null, '', '#'); dispatchEvent(new PopStateEvent('popstate'))");
  for (const hostile of ["imtt://conversation/u:0", "imtt://log-out", `imtt://conversation/${key}?text=hi`]) {
    await alice.startsAgain(hostile);
  }
  await alice.startsAgain("imtt://conversation/g:999999999");
  await eventually("the last one came", async () => (await alice.key()) === "g:999999999");
  await alice.startsAgain(`imtt://conversation/${key}`);
  await eventually("the conversation is open", async () => (await alice.key()) === key);

  await bob.ends();
  const own = (await alice.driver.run("return location.hash")).includes("u:2") ? "u:1" : "u:2";
  await bob.starts(`imtt://conversation/${own}`);
  await bob.isIn();
  await eventually("a start by a link opens it too", async () => (await bob.key()) === own);
});

scene(
  "without a keyring a log-in lasts as long as the app, and that is said",
  async ({ server, user, picture }) => {
    const alice = await user("alice", { keyring: false });
    await alice.connects(server.address);
    await alice.registers();
    await alice.sees("This log-in ends with the app");
    await picture(alice, "no-keyring");
    await alice.restarts();
    await alice.sees("Your session has ended.");
    await alice.logsIn();
    await alice.sees("This log-in ends with the app");
  },
);
