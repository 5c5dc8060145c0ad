// @ts-check
// The emoji there are, as the picker shows and finds them: by group, by words in both languages, in a colour of skin.
// Pure; the list itself is vendor/emoji.json.

/**
 * @typedef {object} Emoji
 * @property {string} e  The emoji.
 * @property {number} g  Its group.
 * @property {string} en  Its name.
 * @property {string} zh
 * @property {string} w  More words for it, in both languages.
 * @property {string[]} [s]  The same in five colours of skin, light to dark.
 */

/** The groups that are shown, in their order: the second of the data is parts of emoji, not emoji. */
export const GROUPS = /** @type {const} */ ([0, 1, 3, 4, 5, 6, 7, 8, 9]);

/** Of what was found, so many are shown. */
const FOUND_MOST = 180;

/**
 * @param {Emoji} emoji
 * @param {number} tone  0: none.
 */
export function inTone(emoji, tone) {
  return emoji.s?.[tone - 1] ?? emoji.e;
}

/**
 * All words have to be there. A name that begins with what was asked for comes before one that has it somewhere, and
 * that before other words for it.
 *
 * @param {Emoji[]} list
 * @param {string} asked
 * @returns {Emoji[]}
 */
export function findEmoji(list, asked) {
  const words = asked.toLowerCase().trim().split(/\s+/u).filter(Boolean);
  if (words.length === 0) {
    return [];
  }
  const ranked = list.flatMap((emoji) => {
    const rank = Math.max(...words.map((word) => rankOf(emoji, word)));
    return rank < 4 && emoji.g !== 2 ? [{ emoji, rank }] : [];
  });
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, FOUND_MOST).map(({ emoji }) => emoji);
}

/**
 * @param {Emoji} emoji
 * @param {string} word
 * @returns {number} 0 is best, 4 is not at all.
 */
function rankOf({ e, en, zh, w }, word) {
  const name = en.toLowerCase();
  if (e === word || name === word || zh === word) {
    return 0;
  }
  if (name.startsWith(word) || zh.startsWith(word)) {
    return 1;
  }
  const begins = ` ${name} ${w.toLowerCase()}`.includes(` ${word}`);
  if (begins || zh.includes(word)) {
    return 2;
  }
  return w.toLowerCase().includes(word) || name.includes(word) ? 3 : 4;
}
