// @ts-check
// Who is in the gallery and what they wrote. Fixed, also in time, so that a picture of it is always the same.

/** @typedef {import("../../src/state/types.js").Key} Key */
/** @typedef {import("../../src/state/types.js").User} User */
/** @typedef {import("../../src/state/types.js").Group} Group */
/** @typedef {import("../../src/state/types.js").Message} Message */
/** @typedef {import("../../src/state/types.js").Draft} Draft */
/** @typedef {import("../../src/state/types.js").Status} Status */

export const NOW = Date.parse("2026-11-24T14:05:00Z");
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export const ZALGO = `Z${"\u0310\u0327\u0321\u0322\u0489\u035c\u0360".repeat(6)}A${"\u0352\u0358\u0328\u032f\u0489".repeat(8)}LGO`;
export const BIDI = "admin\u202Egnp.exe";
const MARKUP = "<img src=x onerror=alert(1)>";

/** @param {number} id @param {string} username @param {string} [avatar] @returns {User} */
const user = (id, username, avatar = "") => ({
  id,
  username,
  avatar,
  status: null,
  created_at: "2026-03-02T09:00:00.000Z",
});

/** @type {User} */
export const ME = { ...user(1, "Lin Xiaoyu"), email: "xiaoyu@example.org", status: "online" };
export const PEOPLE = [
  ME,
  user(2, "Alice Morgan"),
  user(3, "王小明"),
  user(4, "Jonas Weber"),
  user(5, "さくら"),
  user(6, "김민준"),
  user(7, "Dr. Ada Okafor", "/no/such/picture.png"),
  user(8, "👩‍👩‍👧‍👦 The Riveras"),
  user(9, MARKUP),
  user(10, BIDI),
  user(11, ZALGO),
  user(12, "محمد علي"),
  user(13, "averyveryverylongusernamewithoutanyspacesthatgoeson"),
  user(14, "Noor"),
];
/** @type {Record<number, Status>} */
export const PRESENCE = {
  1: "online",
  2: "online",
  3: "away",
  4: "offline",
  5: "online",
  6: "away",
  7: "offline",
  14: "online",
};

/** @param {number} id @param {string} name @param {number} owner_id @param {string} description @returns {Group} */
const group = (id, name, owner_id, description) => ({
  id,
  conversation_id: 100 + id,
  name,
  description,
  avatar: "",
  owner_id,
  join_policy: "open",
  role: owner_id === 1 ? "owner" : "member",
  joined_seq: 1,
  created_at: "2026-05-01T09:00:00.000Z",
});
export const GROUPS = [
  group(20481, "Weekend hikers", 2, "Every second Saturday, rain or shine.\nBring water and a map."),
  group(5, "产品设计组", 1, "讨论与评审"),
];

let made = 0;

/**
 * @param {number} seq
 * @param {number} sender_id
 * @param {number} ago  Minutes before now.
 * @param {string} content
 * @param {string} [message_type]
 * @returns {Message}
 */
export function message(seq, sender_id, ago, content, message_type = "text") {
  made += 1;
  return {
    id: made,
    conversation_id: 1,
    seq,
    sender_id,
    receiver_id: null,
    group_id: null,
    content,
    message_type,
    client_message_id: `00000000-0000-7000-8000-${String(made).padStart(12, "0")}`,
    created_at: new Date(NOW - ago * MINUTE).toISOString(),
  };
}

/** @param {Key} key @param {string} content @param {"pending" | "failed"} state @param {string | null} [code] @returns {Draft} */
export function draft(key, content, state, code = null) {
  made += 1;
  const client_message_id = `00000000-0000-7000-8000-${String(made).padStart(12, "0")}`;
  return { client_message_id, key, content, written_at: NOW - 20_000, state, code };
}

export const WITH_ALICE = [
  message(1, 2, 1500, "Are you coming to the market on Sunday?"),
  message(2, 1, 1496, "Yes! What should I bring?"),
  message(3, 2, 1495, "Just yourself."),
  message(4, 2, 1494, "And maybe the big umbrella, the forecast is not great ☔"),
  message(5, 1, 62, "I wrote down the plan:\n1. Coffee at nine\n2. Market\n3. Lunch by the river"),
  message(6, 1, 61, "Does that work?"),
  message(
    7,
    2,
    20,
    "Perfect. I will tell the others. It might be that Jonas comes a little later, since his train only gets in at half past nine, but he said that he would find us at the coffee place.",
  ),
  message(8, 1, 4, "Great 👍"),
  message(9, 2, 2, "See you then!"),
];

export const HIKERS = [
  message(1, 2, 2 * 1440, '{"user_id":2}', "member_joined"),
  message(2, 4, 2 * 1440 - 3, '{"user_id":4}', "member_joined"),
  message(3, 4, 2 * 1440 - 4, "Hello everybody"),
  message(4, 2, 2 * 1440 - 5, "Welcome, Jonas!"),
  message(5, 1, 2 * 1440 - 6, "Hi Jonas"),
  message(6, 3, 190, "周六早上八点在东门集合，别迟到哦"),
  message(7, 3, 189, "路线我发在群文件里了"),
  message(8, 5, 185, "了解です！楽しみ 🏔️"),
  message(9, 1, 180, "I can take two people in my car."),
  message(10, 2, 60, '{"user_id":9}', "member_left"),
  message(11, 7, 12, "One seat for me please"),
  message(12, 6, 10, "저도 같이 갈게요"),
  message(13, 2, 9, "Then we are complete."),
];

export const RICH = [
  message(1, 2, 40, "**Saturday** then, *rain or shine*; ~~nine~~ `08:30` at the gate"),
  message(
    2,
    3,
    38,
    "> 周六早上八点在东门集合\n收到，路线见 https://example.org/routes/2026?day=saturday ，谢谢",
  ),
  message(3, 1, 30, "- water\n- a map\n  - or the `gpx`\n- **good** shoes, see www.example.org/shoes"),
  message(
    4,
    4,
    20,
    '```js\nconst route = await load("east-gate.gpx");\nroute.points.map(({ lat, lon }) => [lat, lon]);\n```',
  ),
  message(5, 1, 18, "So:\n```sh\ngpx2map east-gate.gpx\n```\nand write to maps@example.org"),
  message(6, 5, 12, "🎉🏔️"),
  message(7, 1, 11, "👍🏽"),
];

/** What people write on a good day: for the pictures of the documentation. */
export const GOOD_DAY = [
  message(
    1,
    2,
    64,
    "**Saturday**, rain or shine. Please bring\n- water\n- a map, or the `gpx`\n- good shoes",
  ),
  message(2, 3, 63, "周六早上八点在东门集合，别迟到哦"),
  message(3, 1, 62, "I can take *two* people in my car."),
  message(4, 7, 61, "> good shoes\nAre trainers fine?"),
  message(5, 2, 60, "If it stays dry. See https://example.org/routes/2026"),
  message(6, 1, 59, "👍🏽"),
  message(7, 2, 3, "Then we are complete 🎉"),
];

export const HOSTILE = [
  message(1, 9, 30, "<script>alert('x')</script><b>bold?</b> &amp; <img src=x onerror=alert(1)>"),
  message(2, 10, 28, `Open ${BIDI} now, it is \u202Eylesrever`),
  message(3, 11, 26, `${ZALGO} ${ZALGO} ${ZALGO}`),
  message(4, 2, 24, "Do the marks above or below touch this line?"),
  message(5, 12, 20, "مرحبا، كيف حالك؟ hello 123 (نعم)"),
  message(6, 8, 16, "👩‍👩‍👧‍👦👨🏽‍💻🏳️‍🌈🇨🇳🧑‍🚀 families stay whole"),
  message(7, 13, 12, `long: ${"word".repeat(120)}`),
  message(8, 1, 10, `mine: ${"W".repeat(200)}`),
  message(9, 2, 8, "{}", "poll_from_the_future"),
  message(10, 2, 8, "line one\n\n\nline four\n\ttab"),
];

/** What is to be found in several conversations. @type {Record<Key, Message[]>} */
export const EVERYWHERE = {
  "u:2": [
    message(1, 2, 3, "The map that you sent is for the other valley"),
    message(
      2,
      1,
      2,
      "I have a newer one, from the tourist office: the paths north of the river changed last year, Map and list are both right",
    ),
  ],
  "g:20481": [
    message(
      3,
      2,
      40,
      "**Saturday**, rain or shine. Please bring\n- water\n- a map, or the `gpx`\n- good shoes",
    ),
    message(4, 1, 1500, "a map of what?"),
    message(5, 13, 1501, "I have a map"),
  ],
  "u:3": [message(1, 3, 3 * 1440, "地图 map.png 发你了，周六早上八点在东门集合，别迟到哦")],
  "u:12": [message(1, 12, 9 * 1440, "أين هي الخريطة؟ map هنا")],
  "u:10": [message(1, 10, 60_000, `${BIDI} is no map, it is \u202Eylesrever`)],
  "u:11": [message(1, 11, 600_000, `${ZALGO} map ${ZALGO}`)],
};

/** @param {number} count */
export function many(count) {
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    return message(
      seq,
      [2, 2, 1, 2, 1][index % 5],
      (count - index) * 2,
      `Message number ${seq}. ${"And some more words. ".repeat(index % 4)}`,
    );
  });
}

export const OLD = { day: DAY, minute: MINUTE };
