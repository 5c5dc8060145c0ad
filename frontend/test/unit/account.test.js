// @ts-check
// Who is logged in: over a reload, in several tabs, after a log-out that the server could not hear of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../src/lib/emitter.js";
import { Failure } from "../../src/lib/failure.js";
import { Session } from "../../src/net/session.js";
import { Account } from "../../src/state/account.js";
import { manualClock, settled } from "./support/clock.js";
import { person } from "./support/server.js";

/** One browser: its cookie, its storage, and its tabs. */
function browser() {
  const clock = manualClock();
  const state = {
    /** @type {number | null} Whose session the cookie is. */
    cookie: null,
    /** @type {any} */
    marker: null,
    owes: false,
    online: true,
    /** @type {number[]} */
    wiped: [],
    /** @type {string[]} */
    asked: [],
    reloads: 0,
  };
  /** @type {Account[]} */
  const tabs = [];
  const rest = async (/** @type {string} */ _method, /** @type {string} */ path, /** @type {any} */ call) => {
    await settled();
    state.asked.push(path.split("/").at(-1) ?? "");
    if (!state.online) {
      throw new Failure("network");
    }
    return answer(path, call?.body);
  };
  /** @param {string} path @param {any} body */
  function answer(path, body) {
    if (path.endsWith("/logout")) {
      state.cookie = null;
      return null;
    }
    if (path.endsWith("/login") && body.password !== "right") {
      throw new Failure("wrong_credentials");
    }
    state.cookie = path.endsWith("/login") ? Number(body.email) : state.cookie;
    if (state.cookie === null) {
      throw new Failure("unauthorized");
    }
    return { token: `for ${state.cookie}`, expires_in: 900, user: person(state.cookie) };
  }
  function tab() {
    /** @type {any[]} */
    const clients = [];
    const account = new Account({
      rest,
      session: () => new Session({ rest, clock }),
      client(user) {
        const client = Object.assign(new Emitter(), {
          me: user,
          start: async () => {},
          stop: async () => {},
          /** @type {any[]} */
          heard: [],
          deletedElsewhere(/** @type {any} */ what) {
            this.heard.push(what);
          },
        });
        clients.push(client);
        return /** @type {any} */ (client);
      },
      browser: {
        marker: () => structuredClone(state.marker),
        mark: (marker) => {
          state.marker = structuredClone(marker);
        },
        owes_logout: () => state.owes,
        owe_logout: (owes) => {
          state.owes = owes;
        },
        wipe: async (id) => void state.wiped.push(id),
        tell: (news) => {
          for (const other of tabs.filter((one) => one !== account)) {
            other.heard(news);
          }
        },
        reload: () => {
          state.reloads += 1;
        },
      },
    });
    tabs.push(account);
    return { account, clients };
  }
  return { state, tab };
}

async function loggedIn() {
  const { state, tab } = browser();
  const first = tab();
  await first.account.start();
  await first.account.logIn({ email: "7", password: "right" });
  return { state, tab, ...first };
}

test("a newcomer is out, and in after logging in", async () => {
  const { account, state } = await loggedIn();
  assert.deepEqual([account.state, account.client?.me.id, state.marker.ended], ["in", 7, false]);
});

test("wrong credentials leave everything as it was", async () => {
  const { tab } = browser();
  const { account } = tab();
  await account.start();
  assert.deepEqual([account.state, account.reason], ["out", null]);
  await assert.rejects(account.logIn({ email: "7", password: "wrong" }), { code: "wrong_credentials" });
  assert.equal(account.state, "out");
});

test("after a reload one is still in, and sees what was kept although nobody answers", async () => {
  const { state, tab } = await loggedIn();
  const again = tab().account;
  await again.start();
  assert.equal(again.state, "in");
  state.online = false;
  const offline = tab().account;
  await offline.start();
  assert.deepEqual([offline.state, offline.client?.me.id], ["in", 7]);
});

test("a browser that lost its storage and kept its cookie is still in", async () => {
  const { state, tab } = await loggedIn();
  state.marker = null;
  const again = tab().account;
  await again.start();
  await settled();
  assert.equal(again.state, "in");
});

test("a session that ran out shows nothing before its owner is back, and keeps what was written", async () => {
  const { state, tab } = await loggedIn();
  state.cookie = null;
  const again = tab();
  await again.account.start();
  assert.deepEqual([again.account.state, again.account.reason, state.wiped], ["out", "expired", []]);
  const third = tab();
  await third.account.start();
  assert.equal(third.clients.length, 0, "not even from the cache");
  await third.account.logIn({ email: "7", password: "right" });
  assert.deepEqual([third.account.state, state.wiped], ["in", []]);
});

test("whoever logs in next finds nothing of the one before", async () => {
  const { state, tab } = await loggedIn();
  state.cookie = null;
  const again = tab().account;
  await again.start();
  await again.logIn({ email: "8", password: "right" });
  assert.deepEqual([again.client?.me.id, state.wiped], [8, [7]]);
});

test("a log-out ends every tab and wipes what was kept", async () => {
  const { state, tab, account } = await loggedIn();
  const other = tab().account;
  await other.start();
  await account.logOut();
  await settled();
  assert.deepEqual([account.state, other.state, other.client], ["out", "out", null]);
  assert.deepEqual([state.cookie, state.marker, state.owes], [null, null, false]);
  assert.ok(state.wiped.every((id) => id === 7) && state.wiped.length >= 1);
});

test("a log-out that the server did not hear of logs nobody in again, and is told later", async () => {
  const { state, tab, account } = await loggedIn();
  state.online = false;
  await account.logOut();
  assert.deepEqual([account.state, state.cookie, state.owes], ["out", 7, true]);
  const offline = tab().account;
  await offline.start();
  assert.deepEqual([offline.state, offline.client], ["out", null]);
  state.online = true;
  const online = tab().account;
  await online.start();
  assert.deepEqual([online.state, state.cookie, state.owes], ["out", null, false]);
});

test("a tab whose cookie became another account's begins anew", async () => {
  const { state, tab } = await loggedIn();
  const other = tab().account;
  await other.start();
  state.cookie = 8;
  await tab().account.start();
  assert.ok(state.reloads > 0);
});

test("a log-in in one tab begins the others anew", async () => {
  const { state, tab } = browser();
  const [first, second] = [tab().account, tab().account];
  await first.start();
  await second.start();
  await first.logIn({ email: "7", password: "right" });
  assert.deepEqual([first.state, state.reloads], ["in", 1]);
});

test("a closed account leaves nothing here", async () => {
  const { state, account, clients } = await loggedIn();
  clients[0].emit("stopped", "closed");
  await settled();
  assert.deepEqual([account.state, account.reason, state.wiped, state.marker], ["out", "closed", [7], null]);
});

test("a place that another tab took is said, and loses nothing", async () => {
  const { state, account, clients } = await loggedIn();
  clients[0].emit("stopped", "replaced");
  await settled();
  assert.deepEqual([account.state, account.reason, state.wiped], ["in", "replaced", []]);
});

test("what one tab deleted for oneself the others hear of, but not the tab of somebody else", async () => {
  const { state, tab, clients } = await loggedIn();
  const other = tab();
  await other.account.start();
  await settled();
  const deleted = { key: "u:2", conversation_id: 11, seqs: [3, 4] };
  clients[0].emit("deleted", deleted);
  assert.deepEqual(other.clients[0].heard, [{ type: "deleted", user_id: 7, ...deleted }]);
  assert.deepEqual(clients[0].heard, [], "who deleted it knows");
  await other.account.heard({ type: "deleted", user_id: 8, key: "u:2", conversation_id: 11, seqs: [9] });
  assert.equal(other.clients[0].heard.length, 1);
  assert.equal(state.reloads, 0);
});
