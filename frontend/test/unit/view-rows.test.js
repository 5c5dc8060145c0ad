// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { CHUNK } from "../../src/view/conversation/extent.js";
import { rowsOf } from "../../src/view/conversation/rows.js";

const ME = 1;
const MINUTE = 60_000;
const START = new Date(2026, 10, 24, 10, 0).getTime();

/**
 * @param {number} seq
 * @param {number} sender_id
 * @param {number} minute
 * @param {Partial<import("../../src/view/context.js").Message>} [more]
 */
const entry = (seq, sender_id, minute, more = {}) => ({
  id: seq,
  conversation_id: 1,
  seq,
  sender_id,
  receiver_id: null,
  group_id: null,
  content: `text ${seq}`,
  message_type: "text",
  client_message_id: `id-${seq}`,
  created_at: new Date(START + minute * MINUTE).toISOString(),
  ...more,
});

/** @param {string} id @param {number} minute @returns {import("../../src/view/context.js").Draft} */
const draft = (id, minute) => ({
  client_message_id: id,
  key: "u:2",
  content: id,
  written_at: START + minute * MINUTE,
  state: "pending",
  code: null,
});

/**
 * @param {Partial<import("../../src/view/context.js").LogView>} given
 * @param {{ newAfter?: number | null, first?: number }} [more]
 */
function rows(given, { newAfter = null, first = 0 } = {}) {
  return rowsOf({ view: view(given), me: ME, newAfter, first });
}

/**
 * @param {Partial<import("../../src/view/context.js").LogView>} given
 * @returns {import("../../src/view/context.js").LogView}
 */
function view(given) {
  return {
    key: "u:2",
    peer: null,
    group: null,
    is_notes: false,
    state: "ready",
    error: null,
    entries: [],
    holes: new Set(),
    deleted: new Set(),
    drafts: [],
    older: "end",
    have: 0,
    read_seq: 0,
    read_elsewhere: 0,
    peer_read_seq: 0,
    unread: 0,
    ...given,
  };
}

/** @param {import("../../src/view/conversation/rows.js").LogRow[]} list */
const kinds = (list) => list.map((row) => row.kind).join(" ");

test("the day is said once, the time again after a silence", () => {
  const list = rows({ entries: [entry(1, 2, 0), entry(2, 2, 5), entry(3, 2, 11), entry(4, 2, 24 * 60)] });
  assert.equal(kinds(list), "pill entry entry pill entry pill entry");
  assert.deepEqual(
    list.flatMap((row) => (row.kind === "pill" ? [row.day] : [])),
    [true, false, true],
  );
});

test("one author within five minutes stands together", () => {
  const list = rows({ entries: [entry(1, 2, 0), entry(2, 2, 5), entry(3, 1, 6), entry(4, 1, 7)] });
  const follows = list.flatMap((row) => (row.kind === "entry" ? [row.follows] : []));
  assert.deepEqual(follows, [false, true, false, true]);
});

test("what is new begins with the first entry of somebody else", () => {
  const list = rows(
    { entries: [entry(1, 2, 0), entry(2, 1, 1), entry(3, 2, 2), entry(4, 2, 3)] },
    { newAfter: 1 },
  );
  assert.equal(kinds(list), "pill entry entry new entry entry");
  const after = list[4];
  assert.ok(after.kind === "entry" && after.seq === 3 && !after.follows);
});

test("an unknown kind is nothing at all, but its hole is not lost", () => {
  const entries = [entry(1, 2, 0), entry(5, 2, 1, { message_type: "poll" }), entry(6, 2, 2)];
  assert.equal(kinds(rows({ entries, holes: new Set([5]) })), "pill entry hole entry");
});

test("a change of the group is a note", () => {
  const entries = [entry(1, 2, 0, { message_type: "member_joined" }), entry(2, 2, 1)];
  assert.equal(kinds(rows({ entries })), "pill note entry");
});

test("a draft and the entry that it becomes have one key", () => {
  const before = rows({ drafts: [draft("id-7", 0)] });
  const after = rows({ entries: [entry(7, ME, 0)] });
  assert.equal(before[1].key, after[1].key);
});

test("one that is draft and entry at once is shown once", () => {
  const list = rows({ entries: [entry(7, ME, 0)], drafts: [draft("id-7", 0)] });
  assert.equal(kinds(list), "pill entry");
});

test("two that claim one id have two keys", () => {
  const list = rows({ entries: [entry(1, 2, 0), entry(2, 2, 1, { client_message_id: "id-1" })] });
  assert.equal(new Set(list.map((row) => row.key)).size, list.length);
});

test("read is what the peer has read, and only in a direct conversation", () => {
  /** @param {Partial<import("../../src/view/context.js").LogView>} view */
  const states = (view) => {
    const list = rows({
      entries: [entry(1, ME, 0), entry(2, ME, 1), entry(3, 2, 2)],
      peer_read_seq: 1,
      ...view,
    });
    return list.flatMap((row) => (row.kind === "entry" ? [row.state] : []));
  };
  assert.deepEqual(states({}), ["read", "sent", "received"]);
  assert.deepEqual(states({ is_notes: true }), ["sent", "sent", "received"]);
});

test("the day's pill keeps its key while older entries of the day come above it", () => {
  const entries = [entry(1, 2, 0), entry(2, 2, 1)];
  assert.equal(rows({ entries: entries.slice(1) })[0].key, rows({ entries })[0].key);
});

test("a row looks the same wherever the window begins and ends", () => {
  const entries = Array.from({ length: 200 }, (_, index) => entry(index + 1, 2, index * 2));
  const all = rows({ entries, holes: new Set([120]), drafts: [draft("d", 500)] });
  const part = rowsOf({
    view: view({ entries, holes: new Set([120]) }),
    me: ME,
    newAfter: null,
    first: 101,
    last: 150,
  });
  const same = all.filter(
    (row) => row.kind === "entry" && row.seq !== null && row.seq >= 101 && row.seq <= 150,
  );
  assert.deepEqual(
    part.filter((row) => row.kind === "entry"),
    same,
  );
  assert.equal(part.filter((row) => row.kind === "hole").length, 1);
  assert.ok(!part.some((row) => row.kind === "pill"), "the time was said above");
});

test("a separator stands in the chunk of what it is above, a draft where its entry will", () => {
  const entries = [entry(CHUNK - 1, 2, 0), entry(CHUNK, 2, 20)];
  const list = rows({ entries, drafts: [draft("d", 21)] });
  assert.deepEqual(
    list.map(({ kind, chunk }) => `${kind} ${chunk}`),
    ["pill 0", "entry 0", "pill 1", "entry 1", "entry 1"],
  );
  assert.equal(rows({ entries: [entry(3 * CHUNK - 1, 2, 0)], drafts: [draft("d", 0)] }).at(-1)?.chunk, 3);
});

test("what was deleted for oneself is not there, and leaves no time behind", () => {
  const list = rows({ entries: [entry(1, 2, 0), entry(2, 2, 30), entry(3, 2, 31)], deleted: new Set([2]) });
  assert.deepEqual(
    list.flatMap((row) => (row.kind === "entry" ? [row.seq] : [])),
    [1, 3],
  );
  assert.equal(kinds(list), "pill entry pill entry");
});

test("a device whose clock is behind makes no new day", () => {
  const list = rows({ entries: [entry(1, 2, 0)], drafts: [draft("late", -24 * 60)] });
  assert.equal(kinds(list), "pill entry entry");
});
