// @ts-check
// What the desktop app costs, beside its goals: `make desktop-bench` prints the table. The program as it is packaged, on a
// screen that nobody sees, of somebody with 50 conversations.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BINARY, User } from "../e2e/desktop/support/user.js";
import { Account } from "../e2e/support/api.js";
import { Server } from "../e2e/support/server.js";
import { note, print, quantile } from "./table.mjs";

const BUNDLES = fileURLToPath(new URL("../src-tauri/target/release/bundle/", import.meta.url));
const STARTS = 7;
const CONVERSATIONS = 50;
/** After so long nothing is being fetched or drawn any more. */
const IDLE_MS = 20_000;

function packages() {
  for (const kind of ["deb", "rpm"]) {
    for (const name of readdirSync(BUNDLES + kind).filter((name) => name.endsWith(`.${kind}`))) {
      note(`the package, .${kind}`, statSync(`${BUNDLES}${kind}/${name}`).size / 1e6, "MB", ["<", 8]);
    }
  }
}

/** Somebody whose list is long, and whose app remembers them. @param {Server} server */
async function withALongList(server) {
  const alice = await User.atDesk("alice");
  await alice.connects(server.address);
  await alice.registers();
  const account = await Account.of(server, { email: "alice@example.org" });
  for (let number = 1; number <= CONVERSATIONS; number += 1) {
    const group = await account.makesGroup(`Group ${number}`);
    await account.sends(`The last word in number ${number}`, { group_id: group.id });
  }
  await alice.sees(`The last word in number ${CONVERSATIONS}`);
  await alice.ends();
  return alice;
}

/** The program, without anything that looks into it. @param {User} user */
function started(user) {
  const { TAURI_AUTOMATION, TAURI_WEBVIEW_AUTOMATION, ...environment } = user.desk.environment;
  return spawn(BINARY, { env: environment, stdio: "ignore" });
}

/** Looks again and again: a look takes some 10 ms by itself. @param {User} user @param {boolean} seen */
async function windowIs(user, seen) {
  const isSeen = async () => (await user.desk.windows("IM-TT")).length > 0;
  for (let now = await isSeen(); now !== seen; ) {
    now = await isSeen();
  }
}

/** From its start until its window is on the screen, in ms. @param {User} user */
async function timeToWindow(user) {
  await windowIs(user, false);
  const began = performance.now();
  const app = started(user);
  await windowIs(user, true);
  return { app, took: performance.now() - began };
}

/** @param {import("node:child_process").ChildProcess} app */
async function end(app) {
  app.kill("SIGTERM");
  await once(app, "exit");
}

/** A process and all that it started. @param {number} root */
function family(root) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parent(name)]);
  const found = new Set([root]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [process, of] of parents) {
      if (found.has(of)) {
        found.add(process);
      }
    }
  }
  return found;
}

/** @param {string} process */
function parent(process) {
  try {
    return Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${process}/stat`, "utf8"))?.[1]);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

/** Memory with what is shared divided among those who share it, in MB. @param {number} root */
function proportionalMemory(root) {
  let sum = 0;
  for (const process of family(root)) {
    const size =
      Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${process}/smaps_rollup`, "utf8"))?.[1]) * 1024;
    const name = readFileSync(`/proc/${process}/comm`, "utf8").trim();
    console.error(`${name}: ${Math.round(size / 1e6)} MB`);
    sum += size;
  }
  return sum / 1e6;
}

packages();
const server = await Server.started();
try {
  const alice = await withALongList(server);
  const times = [];
  for (let time = 0; time < STARTS; time += 1) {
    const { app, took } = await timeToWindow(alice);
    times.push(took);
    if (time === STARTS - 1) {
      await pause(IDLE_MS);
      note(
        `idle with ${CONVERSATIONS} conversations: PSS of all its processes`,
        proportionalMemory(Number(app.pid)),
        "MB",
        ["<", 300],
      );
      if (process.env.PICTURE) {
        await alice.desk.picture(process.env.PICTURE);
      }
    }
    await end(app);
  }
  note("from its start to the window, median", quantile(times, 0.5), "ms", ["<", 1000]);
  note(`from its start to the window, worst of ${STARTS}`, Math.max(...times), "ms", ["<", 1000]);
  await alice.leaves();
} finally {
  await server.remove();
  print();
}
