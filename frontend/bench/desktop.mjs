// @ts-check
// What the desktop app costs, beside its goals: how large its package is, how long it takes until its window is seen, and
// what all its processes hold. `make desktop-bench` prints the table; it takes the release build of `make desktop`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const RELEASE = fileURLToPath(new URL("../src-tauri/target/release/", import.meta.url));
process.env.IM_TT_DESKTOP ??= `${RELEASE}im-tt-desktop`;
const { BINARY, User } = await import("../e2e/desktop/support/user.js");
const { Account } = await import("../e2e/support/api.js");
const { Server } = await import("../e2e/support/server.js");
const { eventually } = await import("../e2e/support/eventually.js");

const STARTS = 7;
const CONVERSATIONS = 50;
/** What is done once after a start is over by then. */
const IDLE_AFTER = 20_000;
/** Of /proc: how long a tick is. */
const TICK_MS = 10;

/** @param {string} what @param {string} figure @param {string} goal @param {boolean} met */
function print(what, figure, goal, met) {
  console.log(
    `| ${what.padEnd(52)} | ${figure.padStart(10)} | ${goal.padStart(10)} | ${met ? "met" : "MISSED"} |`,
  );
}

/** Process and parent of everything that runs. @returns {Map<number, number>} */
function parents() {
  const all = new Map();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/u.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      all.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  return all;
}

/** The app of that desk, and what it started. @param {string} folder */
function processes(folder) {
  const all = parents();
  const own = [...all.keys()].filter((pid) => {
    try {
      const is = readlinkSync(`/proc/${pid}/exe`) === BINARY;
      return is && readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
  for (const pid of own) {
    own.push(
      ...[...all].filter(([child, parent]) => parent === pid && !own.includes(child)).map(([child]) => child),
    );
  }
  return own;
}

/** @param {number} pid */
function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** In MB; what several share counts in parts. @param {number} pid */
function pss(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return (Number(/^Pss:\s+(\d+)/mu.exec(rollup)?.[1]) * 1024) / 1e6;
}

/** From the start of the program until its window is on the screen. @param {import("../e2e/desktop/support/desk.js").Desk} desk */
async function untilSeen(desk) {
  const { TAURI_AUTOMATION: _, TAURI_WEBVIEW_AUTOMATION: __, ...environment } = desk.environment;
  const seen = desk.does("xdotool", ["search", "--sync", "--onlyvisible", "--name", "IM-TT"]);
  const began = performance.now();
  const app = spawn(BINARY, { env: environment, stdio: "ignore" });
  await seen;
  const wall = performance.now() - began;
  const cpu = processes(desk.folder).reduce((sum, pid) => sum + cpuMs(pid), 0);
  app.kill("SIGTERM");
  await once(app, "exit");
  return { wall, cpu };
}

/** @param {number[]} all */
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

async function packages() {
  const folder = `${RELEASE}bundle/deb/`;
  const deb = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith(".deb")) : undefined;
  const size = deb ? statSync(folder + deb).size / 1e6 : Number.NaN;
  print(".deb", `${size.toFixed(2)} MB`, "< 8 MB", size < 8);
  print("the program in it", `${(statSync(BINARY).size / 1e6).toFixed(2)} MB`, "", true);
}

/** @param {string} address  Of a server on which alice is. */
async function manyConversations(address) {
  const account = await Account.named(address, "alice@example.org");
  for (let number = 1; number <= CONVERSATIONS; number += 1) {
    const group = await account.makesGroup(`Group ${number}`);
    await account.sends(`The first message of group ${number}`, { group_id: group.id });
  }
}

await packages();
const server = await Server.started();
const user = await User.atDesk("alice");
try {
  await user.driver.end();
  const starts = [];
  for (let time = 0; time < STARTS; time += 1) {
    starts.push(await untilSeen(user.desk));
  }
  const wall = starts.map((one) => one.wall);
  print(
    `start to window, median of ${STARTS}`,
    `${Math.round(median(wall))} ms`,
    "< 1000 ms",
    median(wall) < 1000,
  );
  const worst = Math.max(...wall);
  print(`start to window, worst of ${STARTS}`, `${Math.round(worst)} ms`, "< 1000 ms", worst < 1000);
  print("CPU until then, all processes, median", `${median(starts.map((one) => one.cpu))} ms`, "", true);

  await user.starts();
  await user.connects(server.address);
  await user.registers();
  await manyConversations(server.address);
  await eventually("all of them are on the list", async () => {
    const rows = await user.driver.run("return document.querySelectorAll('.row').length");
    return rows === CONVERSATIONS;
  });
  await user.clicks(".row");
  await user.sees("The first message of group");
  await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER));
  const held = processes(user.desk.folder).map((pid) => ({
    name: readFileSync(`/proc/${pid}/comm`, "utf8").trim(),
    size: pss(pid),
  }));
  const sum = held.reduce((all, { size }) => all + size, 0);
  print(
    `idle with ${CONVERSATIONS} conversations, PSS of all processes`,
    `${Math.round(sum)} MB`,
    "< 300 MB",
    sum < 300,
  );
  for (const { name, size } of held) {
    print(`  ${name}`, `${Math.round(size)} MB`, "", true);
  }
} finally {
  await user.leaves();
  await server.remove();
}
