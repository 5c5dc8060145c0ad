// @ts-check
// What is installed beside the client and not written here: the reader of markdown, the list of emoji. `npm run vendor`
// puts them into vendor/. Without them everything works, but for what they are for.

/** @typedef {import("./markdown.js").Marked} Marked */
/** @typedef {import("./emoji.js").Emoji} Emoji */

/** @param {string} name */
const placeOf = (name) => new URL(`../vendor/${name}`, import.meta.url).href;

/** The reader of markdown; null: it is not installed, or not there yet. @type {Marked | null} */
let marked = null;

/** Whether it came. @type {Promise<boolean> | null} */
let reading = null;

/** Fetches the reader of markdown, once. */
export function loadMarkdown() {
  reading ??= import(placeOf("marked.js")).then(
    ({ Marked }) => {
      marked = new Marked();
      return true;
    },
    () => false,
  );
  return reading;
}

export function markdownReader() {
  return marked;
}

/** @type {Promise<Emoji[] | null> | null} */
let listing = null;

/** The emoji; null: they are not installed. A failed try counts until the next one. */
export function loadEmoji() {
  listing ??= fetch(placeOf("emoji.json"))
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null)
    .then((list) => {
      listing = list ? listing : null;
      return list;
    });
  return listing;
}
