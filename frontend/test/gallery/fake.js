// @ts-check
// Stand-ins for state and platform, by the faces in src/view/context.js: they hold what a scene put into them, and do
// just as much as a picture needs.

import { Emitter } from "../../src/lib/emitter.js";
import { Failure } from "../../src/lib/failure.js";
import { DEFAULTS } from "../../src/platform/preferences.js";
import { matches } from "../../src/state/matching.js";
import { draft, GROUPS, HIKERS, ME, message, NOW, PEOPLE, PRESENCE, WITH_ALICE } from "./content.js";

/** @typedef {import("../../src/state/types.js").Key} Key */
/** @typedef {import("../../src/state/types.js").LogView} LogView */
/** @typedef {import("../../src/state/types.js").ConversationRow} ConversationRow */

/** @param {number} id */
const user = (id) =>
  /** @type {import("../../src/state/types.js").User} */ (PEOPLE.find((one) => one.id === id));

/** @param {Partial<LogView> & { key: Key }} given @returns {LogView} */
export function logView(given) {
  const id = Number(given.key.slice(2));
  const direct = given.key.startsWith("u:");
  return {
    peer: direct ? user(id) : null,
    group: direct ? null : (GROUPS.find((group) => group.id === id) ?? null),
    is_notes: direct && id === ME.id,
    state: "ready",
    error: null,
    entries: [],
    holes: new Set(),
    deleted: new Set(),
    drafts: [],
    older: "end",
    have: 0,
    read_seq: 1000,
    read_elsewhere: 0,
    peer_read_seq: 0,
    unread: 0,
    ...given,
  };
}

/** @param {Partial<ConversationRow> & { key: Key }} given @returns {ConversationRow} */
export function row(given) {
  const { peer, group, is_notes } = logView({ key: given.key });
  return {
    peer,
    group,
    is_notes,
    last: null,
    unread: 0,
    draft: "",
    failed: 0,
    pinned: false,
    muted: false,
    marked_unread: false,
    ...given,
  };
}

/** @returns {ConversationRow[]} */
export function manyRows() {
  return [
    row({ key: "u:2", last: WITH_ALICE[8], unread: 0 }),
    row({ key: "g:20481", last: HIKERS[12], unread: 3 }),
    row({ key: "u:3", last: message(3, 3, 95, "好的，晚上见"), unread: 1 }),
    row({ key: "g:5", last: message(9, 1, 300, "I uploaded the new version"), unread: 128 }),
    row({ key: "u:4", last: message(4, 4, 1500, "Train at 9:30 then"), draft: "I will be at the" }),
    row({
      key: "u:5",
      last: { ...draft("u:5", "届いた？", "failed", "too_fast"), written_at: NOW - 26 * 3_600_000 },
      failed: 1,
    }),
    row({ key: "u:1", last: message(2, 1, 3000, "Milk, bread, stamps") }),
    row({ key: "u:6", last: message(2, 6, 5000, "네 알겠습니다") }),
    row({
      key: "u:7",
      last: message(2, 7, 9000, "The results are in, let us talk when you have a moment this week"),
    }),
    row({ key: "u:8", last: message(2, 8, 40_000, "🎉🎉🎉") }),
    row({ key: "u:9", last: message(2, 9, 60_000, "<b>hello</b>") }),
    row({ key: "u:10", last: message(2, 10, 61_000, "\u202Ereversed?") }),
    row({ key: "u:11", last: message(2, 11, 62_000, "…") }),
    row({ key: "u:12", last: message(2, 12, 63_000, "مرحبا") }),
    row({ key: "u:13", last: message(2, 13, 600_000, "x".repeat(300)) }),
  ];
}

export class FakeClient extends Emitter {
  me = ME;
  /** @type {import("../../src/state/types.js").LinkView} */
  link = { state: "online", retry_at: null, lost_at: null, attempt: 0 };
  /** @type {import("../../src/view/context.js").Client["conversations"]} */
  conversations = { state: "ready", error: null, settled: true, rows: manyRows() };
  /** @type {Key | null} */
  current = null;
  /** @type {import("../../src/state/types.js").Status | null} */
  shownStatus = "online";
  /** @type {Map<Key, LogView>} */
  logs = new Map();
  /** @type {Map<Key, string>} */
  texts = new Map();
  /** @type {Map<Key, number[]>} */
  writing = new Map();
  /** @type {import("../../src/state/types.js").MembersView} */
  membersView = { state: "ready", error: null, members: MEMBERS };
  /** What the last call was refused with. @type {string | null} */
  refusal = null;

  retryNow() {}
  reloadConversations() {}
  reload() {}
  retry() {}
  discard() {}
  showing() {}
  typing() {}
  async setStatus() {}
  async fillHole() {}
  async loadOlder() {}
  async changeView() {}
  async markRead() {}
  async markAllRead() {}
  devices = { list: async () => this.#devices(), async end() {}, async endOthers() {} };
  groups = {
    members: () => this.membersView,
    reloadMembers() {},
    create: async () => /** @type {Key} */ ("g:5"),
    /** @returns {Promise<Key>} */
    async join() {
      throw new Failure("not_found");
    },
    async leave() {},
  };

  search = {
    /** @param {Key} key @param {string} text */
    within: (key, text) => matches(this.log(key), text).map(({ seq }) => seq),
    /** @param {string} text @returns {Promise<import("../../src/state/types.js").Found | null>} */
    everywhere: async (text) => {
      const hits = [...this.logs].flatMap(([key, view]) =>
        matches(view, text).map((message) => ({ key, message })),
      );
      return {
        hits: hits.sort((a, b) => b.message.created_at.localeCompare(a.message.created_at)),
        more: false,
      };
    },
  };

  #devices() {
    const agent = (/** @type {string} */ rest) => `Mozilla/5.0 ${rest}`;
    const [created_at, refreshed_at] = [NOW - 90_000_000, NOW - 600_000].map((at) =>
      new Date(at).toISOString(),
    );
    return [
      { id: 3, device: agent("(X11; Linux x86_64) Chrome/140.0"), current: true },
      { id: 2, device: agent("(iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605"), current: false },
      { id: 1, device: "", current: false },
    ].map((one) => ({ ...one, created_at: String(created_at), refreshed_at: String(refreshed_at) }));
  }

  /** @param {Key} key */
  open(key) {
    this.current = key;
    this.later("current");
  }
  close() {
    this.current = null;
    this.later("current");
  }
  /** @param {Key} key */
  log(key) {
    const view = this.logs.get(key) ?? logView({ key });
    this.logs.set(key, view);
    return view;
  }
  /** @param {Key} key @param {number} seq */
  seen(key, seq) {
    const view = this.log(key);
    view.read_seq = Math.max(view.read_seq, seq);
    this.later("log", key);
  }
  /** @param {Key} key @param {number[]} seqs */
  deleteForMe(key, seqs) {
    const view = this.log(key);
    this.logs.set(key, { ...view, deleted: new Set([...view.deleted, ...seqs]) });
    this.later("log", key);
  }
  /** @param {Key} key @param {string} text */
  send(key, text) {
    if (text.length > 16_000) {
      throw new Failure("content_too_long");
    }
    const sent = draft(key, text, "pending");
    const view = this.log(key);
    this.logs.set(key, { ...view, drafts: [...view.drafts, sent] });
    this.later("log", key);
    return sent;
  }
  /** @param {Key} key */
  draftText(key) {
    return this.texts.get(key) ?? "";
  }
  /** @param {Key} key @param {string} text */
  setDraftText(key, text) {
    this.texts.set(key, text);
  }
  people = PEOPLE;
  /** @param {number} id */
  user(id) {
    return user(id) ?? null;
  }
  /** @param {number} id */
  status(id) {
    return this.link.state === "online" ? (PRESENCE[id] ?? null) : null;
  }
  /** @param {Key} key */
  typists(key) {
    return (this.writing.get(key) ?? []).map(user);
  }
  /** @param {string} username */
  async findUser(username) {
    const found = PEOPLE.find((one) => one.username === username);
    if (!found) {
      throw new Failure("not_found");
    }
    return found;
  }
  /** @param {import("../../src/state/types.js").User} someone @returns {Key} */
  keyOf(someone) {
    return `u:${someone.id}`;
  }
}

/** @type {import("../../src/state/types.js").Member[]} */
const MEMBERS = [2, 1, 3, 4, 5, 6, 7].map((id, index) => ({
  user: user(id),
  role: index === 0 ? "owner" : index === 2 ? "admin" : "member",
  joined_at: "2026-05-01T09:00:00.000Z",
  ...(id === 7 ? { muted_until: new Date(NOW + 600_000).toISOString() } : {}),
}));

export class FakeAccount extends Emitter {
  /** @type {"starting" | "out" | "in"} */
  state = "in";
  /** @type {import("../../src/view/context.js").Account["reason"]} */
  reason = null;
  /** @type {string | null} */
  last_email = null;
  /** @type {FakeClient | null} */
  client = new FakeClient();

  async logIn() {
    throw new Failure("wrong_credentials");
  }
  async register() {
    throw new Failure("username_taken");
  }
  async logOut() {}
}

export class FakePreferences extends Emitter {
  /** @param {Partial<import("../../src/platform/preferences.js").Preferences>} values */
  constructor(values) {
    super();
    this.values = /** @type {Record<string, any>} */ ({ ...DEFAULTS, ...values });
  }
  /** @param {string} name @returns {any} */
  get(name) {
    return this.values[name];
  }
  /** @param {string} name @param {any} value */
  set(name, value) {
    this.values[name] = value;
    this.emit("change", name);
  }
}

export class FakeBuild extends Emitter {
  /** @param {boolean} replaced */
  constructor(replaced) {
    super();
    this.replaced = replaced;
  }

  reload() {}
}

export class FakeAttention extends Emitter {
  looking = true;
}

class FakeNotifications extends Emitter {
  /** @type {import("../../src/platform/notifications.js").Permission} */
  permission = "default";
  /** What is on the screen, by tag. @type {Map<string, import("../../src/platform/notifications.js").News>} */
  shown = new Map();

  async ask() {
    this.permission = "granted";
    this.emit("change");
    return this.permission;
  }
  /** @param {import("../../src/platform/notifications.js").News} news */
  async show(news) {
    this.shown.set(news.tag, news);
  }
  /** @param {string} tag */
  async close(tag) {
    this.shown.delete(tag);
  }
}

class FakeInstalling extends Emitter {
  offered = true;
  instead = /** @type {const} */ ("by_menu");

  async ask() {}
}

class FakeSound {
  possible = true;
  played = 0;

  async play() {
    this.played += 1;
  }
}

class FakeBadge {
  count = 0;

  /** @param {number} count */
  async show(count) {
    this.count = count;
  }
}

export class FakeDevice {
  notifications = new FakeNotifications();
  installing = new FakeInstalling();
  foremost = { mine: true };
  sound = new FakeSound();
  badge = new FakeBadge();
  /** @type {import("../../src/view/dialogs/settings.js").Section[]} */
  sections = [];
}
