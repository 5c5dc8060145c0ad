// @ts-check
// The examples that the server's own tests read, through this client's eyes.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { answerTo } from "../../src/net/close.js";
import { readEvent, SERVER_EVENTS } from "../../src/net/wire.js";

const top = new URL("../../../", import.meta.url);
const folder = new URL("shared/tests/wire/", top);

/** @param {"client" | "server"} side @returns {[string, any][]} */
function examples(side) {
  const files = readdirSync(new URL(`${side}/`, folder)).filter((name) => name.endsWith(".json"));
  return files.map((name) => [name, JSON.parse(readFileSync(new URL(`${side}/${name}`, folder), "utf8"))]);
}

test("every event that a server sends is understood, and no other is expected", () => {
  const sent = new Set(examples("server").map(([, event]) => event.event_type));
  assert.deepEqual([...sent].sort(), [...SERVER_EVENTS].sort());
});

test("each example is read whole: every field has its place", () => {
  for (const [name, event] of examples("server")) {
    const read = /** @type {any} */ (readEvent(JSON.stringify(event)));
    for (const [field, value] of Object.entries(event)) {
      assert.deepEqual(place(read, field), field === "heads" ? heads(value) : value, `${name}: ${field}`);
    }
  }
});

/** Where a field of the wire is found after reading. @param {any} read @param {string} field */
function place(read, field) {
  if (read.event_type !== "message" || field === "event_type") {
    return read[field];
  }
  const name = { user_id: "sender_id", message_id: "id" }[field] ?? field;
  return read.entry[name];
}

/** @param {Record<string, number[]>} value */
const heads = (value) => new Map(Object.entries(value).map(([id, head]) => [Number(id), head]));

test("a resync without a list is about everything", () => {
  assert.deepEqual(readEvent('{"event_type":"resync"}'), { event_type: "resync", conversations: null });
});

test("an event and fields of a newer server are passed over", () => {
  assert.equal(readEvent('{"event_type":"horoscope","user_id":1}'), null);
  assert.equal(readEvent('{"event_type":"constructor"}'), null);
  assert.equal(readEvent("null"), null);
  assert.equal(/** @type {any} */ (readEvent('{"event_type":"pong","mood":"good"}')).event_type, "pong");
});

/**
 * What this client says. The types of `ClientEvent` are checked against it by tsc, and its names and kinds of values
 * against the examples here.
 *
 * @type {import("../../src/net/wire.js").ClientEvent[]}
 */
const SAID = [
  { event_type: "auth", token: "header.claims.signature" },
  {
    event_type: "message",
    receiver_id: 2,
    content: "hi",
    client_message_id: "018f0a3c-7d1e-7b52-9c44-3f0e5a6b7c8d",
  },
  { event_type: "message", group_id: 5, content: "hi", message_type: "text" },
  { event_type: "read", conversation_id: 11, seq: 42 },
  { event_type: "typing", receiver_id: 2 },
  { event_type: "typing", group_id: 5 },
  { event_type: "watch", user_ids: [2, 3] },
  { event_type: "ping" },
  { event_type: "ping", sum: 1234 },
];

test("what this client says has the names and kinds of the examples", () => {
  const known = examples("client");
  assert.deepEqual(
    [...new Set(SAID.map(({ event_type }) => event_type))].sort(),
    [...new Set(known.map(([, event]) => event.event_type))].sort(),
  );
  for (const said of SAID) {
    for (const [field, value] of Object.entries(said)) {
      const alike = known.some(
        ([, event]) => event.event_type === said.event_type && typeof event[field] === typeof value,
      );
      assert.ok(alike, `${said.event_type}.${field}`);
    }
  }
});

test("every close code of the protocol page is answered as it says", () => {
  const protocol = readFileSync(new URL("docs/protocol.md", top), "utf8");
  const table = protocol.slice(protocol.indexOf("### Close codes"));
  const rows = [...table.matchAll(/^\| (\d{4}) \| [^|]+ \| ([^|]+) \|$/gm)];
  assert.ok(rows.length >= 15);
  for (const [, code, advice] of rows) {
    assert.equal(answerTo(Number(code)), expected(Number(code), String(advice)), `${code}: ${advice}`);
  }
});

/** @param {number} code @param {string} advice */
function expected(code, advice) {
  if (code >= 4500) {
    return advice.startsWith("log in") ? "token" : advice.startsWith("stay away") ? "replaced" : "closed";
  }
  return advice.startsWith("refresh") ? "token" : /slower|later each time/.test(advice) ? "slower" : "again";
}

test("a code that a newer server invented is read by its range", () => {
  assert.deepEqual([answerTo(4444), answerTo(4555), answerTo(1006)], ["again", "replaced", "again"]);
});
