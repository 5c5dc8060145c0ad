// @ts-check
// What is installed beside the client and not written here: the reader of markdown, the list of emoji, how Chinese is
// said. `npm run vendor` puts them into vendor/. Without them everything works, but for what they are for.

/** @typedef {import("./markdown.js").Marked} Marked */
/** @typedef {import("./emoji.js").Emoji} Emoji */
/** @typedef {import("./pinyin.js").Dictionary} Dictionary */

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

/** What came, or is coming. @type {Map<string, Promise<any>>} */
const lists = new Map();

/** The emoji; null: they are not installed. */
export const loadEmoji = () => /** @type {Promise<Emoji[] | null>} */ (list("emoji.json"));

/** How Chinese characters are said; null: it is not installed. */
export const loadPinyin = () => /** @type {Promise<Dictionary | null>} */ (list("pinyin.json"));

/** A failed try counts until the next one. @param {string} name */
function list(name) {
  const coming =
    lists.get(name) ??
    fetch(placeOf(name))
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null)
      .then((found) => {
        if (!found) {
          lists.delete(name);
        }
        return found;
      });
  lists.set(name, coming);
  return coming;
}
