// @ts-check
// The desktop app's side of the page: what may be typed as a server, why one does not work, where the refresh token
// is, and what is worth a notification.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { Session } from "../../src/net/session.js";
import { Notifications, plainBody } from "../../src/platform/desktop/notifications.js";
import { checkServer, readAddress } from "../../src/platform/desktop/server.js";
import { KeyringTokens } from "../../src/platform/desktop/tokens.js";
import { nextZoom, wantedBy } from "../../src/platform/desktop/zoom.js";
import { Account } from "../../src/state/account.js";
import { manualClock, settled } from "./support/clock.js";
import { person } from "./support/server.js";

const SERVER = "https://chat.example.org";

test("an address is read however it is typed, and always as an origin", () => {
  for (const [typed, server] of [
    ["chat.example.org", SERVER],
    ["  https://Chat.Example.org/some/path?x#y ", SERVER],
    ["chat.example.org:8443", `${SERVER}:8443`],
    ["https://chat.example.org:443", SERVER],
    ["münchen.example", "https://xn--mnchen-3ya.example"],
    ["https://[::1]:8443", "https://[::1]:8443"],
    ["localhost:8080", "http://localhost:8080"],
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["https://localhost:8443", "https://localhost:8443"],
    ["localhost", "http://localhost"],
  ]) {
    assert.equal(readAddress(String(typed)), server, typed);
  }
});

test("what is no address, or not safe, is refused with its reason", () => {
  for (const bad of [
    "",
    "   ",
    "https://",
    "two words",
    "ftp://chat.example.org",
    "https://me:pw@chat.example.org",
  ]) {
    assert.throws(() => readAddress(bad), { code: "server_address" }, bad);
  }
  assert.throws(() => readAddress(["javascript", "alert(1)"].join(":")), { code: "server_address" });
  for (const plain of [
    "http://chat.example.org",
    "http://192.168.0.7:8080",
    "http://localhost.example.org",
  ]) {
    assert.throws(() => readAddress(plain), { code: "server_insecure" }, plain);
  }
});

/** @param {{ cors?: Response | "fails", bare?: "fails", reach?: string, at?: string }} world */
async function troubleOf({ cors = "fails", bare, reach = "open", at = SERVER }) {
  /** @type {any[]} */
  const reached = [];
  const ask = async (/** @type {any} */ _url, /** @type {any} */ { mode }) => {
    if (mode === "cors" && cors !== "fails") {
      return cors;
    }
    if (mode === "cors" || bare === "fails") {
      throw new TypeError("Load failed");
    }
    return /** @type {any} */ ({ type: "opaque" });
  };
  try {
    await checkServer(at, {
      ask: /** @type {any} */ (ask),
      reach: async (host, port) => {
        reached.push([host, port]);
        return reach;
      },
    });
    return { trouble: null, reached };
  } catch (error) {
    return { trouble: /** @type {Failure} */ (error).code, reached };
  }
}

test("a server is checked, and what is wrong with it has a name", async () => {
  const about = (/** @type {unknown} */ said, status = 200) => new Response(JSON.stringify(said), { status });
  const none = { error: { code: "not_found", message: "" } };
  for (const [world, expected] of /** @type {[any, string | null][]} */ ([
    [{ cors: about({ product: "im-tt", protocol: 1 }) }, null],
    [{ cors: about({ product: "im-tt", protocol: 7 }) }, null],
    [{ cors: about({ product: "im-tt", protocol: 0 }) }, "server_old"],
    [{ cors: about({ product: "im-tt" }) }, "server_old"],
    [{ cors: about(none, 404) }, "server_old"],
    [{ cors: about({ product: "another" }) }, "server_other"],
    [{ cors: new Response("<html>It works</html>") }, "server_other"],
    [{}, "server_other"],
    [{ bare: "fails", reach: "dns" }, "server_dns"],
    [{ bare: "fails", reach: "refused" }, "server_refused"],
    [{ bare: "fails", reach: "silent" }, "server_silent"],
    [{ bare: "fails", reach: "open" }, "server_tls"],
    [{ bare: "fails", reach: "open", at: "http://localhost:8080" }, "server_other"],
  ])) {
    const { trouble } = await troubleOf(world);
    assert.equal(trouble, expected, JSON.stringify(world));
  }
  for (const [at, host, port] of /** @type {[string, string, number][]} */ ([
    [SERVER, "chat.example.org", 443],
    ["http://localhost", "localhost", 80],
    ["https://[::1]:8443", "::1", 8443],
  ])) {
    const { reached } = await troubleOf({ bare: "fails", at });
    assert.deepEqual(reached, [[host, port]], at);
  }
});

/** A system with a keyring, or without one. */
function system({ works = true } = {}) {
  /** @type {Map<string, string>} */
  const keyring = new Map();
  const state = { works, keyring };
  const shell = {
    /** @param {string} command @param {any} given */
    invoke: async (command, given) => {
      if (!state.works) {
        throw "no_keyring";
      }
      if (command === "refresh_token_write") {
        keyring.set(given.server, given.token);
      } else if (command === "refresh_token_clear") {
        keyring.delete(given.server);
      }
      return keyring.get(given.server) ?? null;
    },
    listen() {},
    listenTo() {},
  };
  return { state, keyring, tokens: (server = SERVER) => new KeyringTokens(shell, server) };
}

test("the keyring holds each server's token, over a restart, until it is forgotten", async () => {
  const { tokens, keyring } = system();
  const first = tokens();
  assert.equal(await first.held(), false);
  await assert.rejects(first.call(), { code: "unauthorized" });
  await first.keep({ token: "access", refresh_token: "one" });
  assert.deepEqual(await tokens().call(), { body: { refresh_token: "one" } });
  assert.equal(await tokens("https://other.example").held(), false);
  assert.deepEqual([...keyring], [[SERVER, "one"]]);
  assert.equal(first.lasting, true);
  await tokens().forget();
  assert.equal(await first.held(), false);
});

test("without a keyring the token lasts as long as the app, and that is said", async () => {
  const { tokens } = system({ works: false });
  const first = tokens();
  let told = 0;
  first.on("change", () => {
    told += 1;
  });
  await first.keep({ refresh_token: "one" });
  await first.keep({ refresh_token: "two" });
  assert.deepEqual(await first.call(), { body: { refresh_token: "two" } });
  assert.deepEqual([first.lasting, told], [false, 1]);
  assert.equal(await tokens().held(), false);
  await first.forget();
  assert.equal(await first.held(), false);
});

test("a keyring that comes back holds the next token, and not an old one beside it", async () => {
  const { tokens, state } = system({ works: false });
  const first = tokens();
  await first.keep({ refresh_token: "one" });
  state.works = true;
  await first.keep({ refresh_token: "two" });
  assert.equal(first.lasting, true);
  assert.deepEqual(await tokens().call(), { body: { refresh_token: "two" } });
});

/** The desktop app over restarts: a keyring, a marker, and a server that takes each refresh token once. */
function app() {
  const { tokens, keyring } = system();
  const clock = manualClock();
  const state = {
    marker: /** @type {any} */ (null),
    owes: false,
    online: true,
    count: 0,
    good: "",
    bodies: /** @type {any[]} */ ([]),
  };
  const rest = async (/** @type {string} */ _method, /** @type {string} */ path, /** @type {any} */ call) => {
    await settled();
    if (!state.online) {
      throw new Failure("network");
    }
    state.bodies.push([path.split("/").at(-1), call?.body]);
    if (path.endsWith("/logout")) {
      state.good = "";
      return null;
    }
    if (path.endsWith("/refresh") && (state.good === "" || call?.body?.refresh_token !== state.good)) {
      throw new Failure("unauthorized");
    }
    state.count += 1;
    state.good = `refresh-${state.count}`;
    return { token: `access-${state.count}`, refresh_token: state.good, expires_in: 900, user: person(7) };
  };
  const start = async () => {
    const kept = tokens();
    const shown = { count: 0 };
    const account = new Account({
      rest,
      tokens: kept,
      session: () => new Session({ rest, clock, tokens: kept }),
      client: (user) => {
        shown.count += 1;
        return /** @type {any} */ ({
          me: user,
          on: () => () => {},
          start: async () => {},
          stop: async () => {},
        });
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
        wipe: async () => {},
        tell: () => {},
        reload: () => {},
      },
    });
    await account.start();
    return { account, shown };
  };
  return { start, state, keyring };
}

test("the app logs in without a cookie, and a restart goes on with the keyring's token", async () => {
  const { start, state, keyring } = app();
  const { account } = await start();
  assert.equal(account.state, "out");
  await account.logIn({ email: "7", password: "right" });
  assert.deepEqual(state.bodies.at(-1), ["login", { email: "7", password: "right" }]);
  assert.equal(keyring.get(SERVER), "refresh-1");
  const again = await start();
  assert.equal(again.account.state, "in");
  assert.deepEqual(state.bodies.at(-1), ["refresh", { refresh_token: "refresh-1" }]);
  assert.equal(keyring.get(SERVER), "refresh-2");
});

test("without its token the app shows nothing of who was here", async () => {
  const { start, state, keyring } = app();
  await (await start()).account.logIn({ email: "7", password: "right" });
  keyring.clear();
  const { account, shown } = await start();
  assert.deepEqual([account.state, account.reason, shown.count], ["out", "expired", 0]);
  assert.equal(state.marker.ended, true);
});

test("a log-out without a network is told with the keyring's token at the next start, and then forgotten", async () => {
  const { start, state, keyring } = app();
  const { account } = await start();
  await account.logIn({ email: "7", password: "right" });
  state.online = false;
  await account.logOut();
  assert.deepEqual([account.state, state.owes, keyring.get(SERVER)], ["out", true, "refresh-1"]);
  state.online = true;
  await start();
  assert.deepEqual(state.bodies.at(-1), ["logout", { refresh_token: "refresh-1" }]);
  assert.deepEqual([state.owes, state.good, keyring.size], [false, "", 0]);
});

test("zoom goes in steps, stops at its ends, and 0 is as it was made", () => {
  assert.deepEqual([nextZoom(1, 1), nextZoom(1, -1), nextZoom(1.5, 0)], [1.1, 0.9, 1]);
  assert.deepEqual([nextZoom(2, 1), nextZoom(0.5, -1), nextZoom(0.93, 1)], [2, 0.5, 1]);
  const key = (/** @type {string} */ name, more = {}) => ({
    key: name,
    ctrlKey: true,
    metaKey: false,
    altKey: false,
    ...more,
  });
  assert.deepEqual(
    ["+", "=", "-", "0", "a"].map((name) => wantedBy(key(name))),
    [1, 1, -1, 0, null],
  );
  assert.equal(wantedBy(key("0", { ctrlKey: false })), null);
  assert.equal(wantedBy(key("0", { altKey: true })), null);
});

test("a notification's text is text, where bodies are markup and where they are not", () => {
  const hostile = '<a href="https://evil.example">5 > 3 & so on</a>';
  assert.equal(
    plainBody(hostile, "Mozilla/5.0 (X11; Linux x86_64)"),
    '&lt;a href="https://evil.example"&gt;5 &gt; 3 &amp; so on&lt;/a&gt;',
  );
  assert.equal(plainBody(hostile, "Mozilla/5.0 (Macintosh)"), hostile);
});

test("a newer notification takes the older one's place, and looking takes it away", async () => {
  /** @type {any[]} */
  const asked = [];
  /** @type {(news: any) => void} */
  let press = () => {};
  /** @type {string[]} */
  const pressed = [];
  const shell = {
    /** @param {string} command @param {any} given */
    invoke: async (command, given) => {
      await settled();
      const { options, notifications, label } = given;
      asked.push([command.split("|")[1], options?.body ?? label ?? notifications[0].id]);
    },
    listen() {},
    listenTo: (/** @type {string} */ _plugin, /** @type {string} */ _topic, /** @type {any} */ hear) => {
      press = hear;
    },
  };
  const notifications = new Notifications(shell);
  notifications.on("open", (/** @type {string} */ key) => pressed.push(key));
  notifications.close("u:2");
  notifications.show({ tag: "u:2", title: "bob", body: "one" });
  notifications.show({ tag: "g:5", title: "hikers", body: "other" });
  await settled();
  notifications.show({ tag: "u:2", title: "bob", body: "two" });
  await settled();
  notifications.close("u:2");
  for (let turns = 0; turns < 12; turns += 1) {
    await settled();
  }
  assert.deepEqual(asked, [
    ["notify", "one"],
    ["request_user_attention", "main"],
    ["notify", "other"],
    ["request_user_attention", "main"],
    ["remove_active", 1],
    ["notify", "two"],
    ["request_user_attention", "main"],
    ["remove_active", 1],
  ]);
  press({ actionId: "tap", notification: { extra: { key: "g:5" } } });
  press({ actionId: "tap", notification: {} });
  assert.deepEqual(pressed, ["g:5"]);
});
