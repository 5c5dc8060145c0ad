// @ts-check
// Tokens: renewed in time, once for all who wait, and never after the session's end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { rest } from "../../src/net/rest.js";
import { Session } from "../../src/net/session.js";
import { manualClock, settled } from "./support/clock.js";
import { person } from "./support/server.js";

function setUp() {
  const clock = manualClock();
  /** @type {string[]} */
  const asked = [];
  let count = 0;
  const server = {
    /** @type {(token?: string) => any} */
    answer: () => ({ ok: true }),
    refresh: () => ({ token: `token-${++count}`, expires_in: 900, user: person(1) }),
  };
  const session = new Session({
    clock,
    rest: async (method, path, call) => {
      asked.push(`${method} ${path} ${call?.token ?? "-"}`);
      await settled();
      return path === "/api/auth/refresh" ? server.refresh() : server.answer(call?.token);
    },
  });
  /** @type {string[]} */
  const told = [];
  session.on("over", () => told.push("over"));
  session.on("token", (token) => told.push(token));
  return { clock, asked, server, session, told };
}

test("whoever needs a token at the same time waits for the same refresh", async () => {
  const { session, asked } = setUp();
  const tokens = await Promise.all([session.token(), session.token(), session.call("GET", "/api/users/me")]);
  assert.deepEqual(tokens.slice(0, 2), ["token-1", "token-1"]);
  assert.deepEqual(asked, ["POST /api/auth/refresh -", "GET /api/users/me token-1"]);
});

test("a token is renewed at four fifths of its life, and told", async () => {
  const { clock, session, told } = setUp();
  session.begin({ token: "first", expires_in: 900, user: person(1) });
  await clock.turn(719_000);
  assert.deepEqual(told, ["first"]);
  await clock.turn(1000);
  // The answer takes its own time.
  await settled();
  assert.deepEqual(told, ["first", "token-1"]);
});

test("a call whose token is refused is made once more with another", async () => {
  const { session, server, asked } = setUp();
  session.begin({ token: "old", expires_in: 900, user: person(1) });
  server.answer = (token) => {
    if (token === "old") {
      throw new Failure("unauthorized");
    }
    return { ok: true };
  };
  assert.deepEqual(await session.call("GET", "/x"), { ok: true });
  assert.deepEqual(asked, ["GET /x old", "POST /api/auth/refresh -", "GET /x token-1"]);
});

test("other refusals are not a matter of the token", async () => {
  const { session, server, asked } = setUp();
  session.begin({ token: "good", expires_in: 900, user: person(1) });
  server.answer = () => {
    throw new Failure("not_found");
  };
  await assert.rejects(session.call("GET", "/x"), { code: "not_found" });
  assert.equal(asked.length, 1);
});

test("a refresh that is refused ends the session, once; one that gets no answer does not", async () => {
  const { session, server, told } = setUp();
  server.refresh = () => {
    throw new Failure("network");
  };
  await assert.rejects(session.token(), { code: "network" });
  assert.deepEqual(told, []);
  server.refresh = () => {
    throw new Failure("unauthorized");
  };
  await assert.rejects(session.token(), { code: "unauthorized" });
  await assert.rejects(session.token(), { code: "unauthorized" });
  assert.deepEqual(told, ["over"]);
});

test("an answer that comes after log-out gives nobody a token", async () => {
  const { clock, session, told } = setUp();
  const late = session.refresh();
  session.end();
  await assert.rejects(late, { code: "unauthorized" });
  assert.deepEqual([told, clock.waiting], [[], 0]);
});

/** @param {{ status?: number, body?: string }} answer */
const asking = (answer) =>
  rest({
    ask: /** @type {any} */ (
      async () => {
        if (answer.status === undefined) {
          throw new TypeError("Failed to fetch");
        }
        return { ok: answer.status < 300, status: answer.status, text: async () => answer.body ?? "" };
      }
    ),
  });

test("every way of failing is one kind of failure, with its code", async () => {
  const refusal = { error: { code: "too_fast", message: "m", request_id: "r", retry_after_ms: 750 } };
  await assert.rejects(asking({ status: 429, body: JSON.stringify(refusal) })("GET", "/x"), {
    code: "too_fast",
    retry_after_ms: 750,
    request_id: "r",
  });
  await assert.rejects(asking({})("GET", "/x"), { code: "network" });
  await assert.rejects(asking({ status: 502, body: "<h1>Bad gateway</h1>" })("GET", "/x"), {
    code: "unavailable",
  });
  await assert.rejects(asking({ status: 200, body: "<h1>Log in to the hotel</h1>" })("GET", "/x"), {
    code: "unavailable",
  });
  assert.equal(await asking({ status: 204 })("POST", "/x"), null);
  assert.deepEqual(await asking({ status: 200, body: '{"a":1}' })("GET", "/x"), { a: 1 });
});
