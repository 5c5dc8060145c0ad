// @ts-check
// What stands in for a picture: initials and a colour that stays the same for the same id. Pure; no DOM.

import { graphemes } from "./text.js";

/** How many colours styles/palette.css has for avatars. */
export const AVATAR_HUES = 10;

const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * One or two characters. Chinese names are told apart by their end, others by how their words begin.
 *
 * @param {string} name
 * @returns {string}
 */
export function initials(name) {
  const found = known.get(name) ?? initialsOf(name);
  if (known.size > KNOWN_MOST) {
    known.clear();
  }
  known.set(name, found);
  return found;
}

/** Every message in a log has a face, of few people: telling characters apart takes long. @type {Map<string, string>} */
const known = new Map();
const KNOWN_MOST = 500;

/** @param {string} name */
function initialsOf(name) {
  const shown = name.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => (mark === "\u200d" ? mark : "")).trim();
  const words = shown.split(/[\s._-]+/u).filter(Boolean);
  if (words.length === 0) {
    return "?";
  }
  const last = graphemes(words[words.length - 1].slice(-80));
  if (CJK.test(words[words.length - 1])) {
    return last.slice(-2).map(bare).join("");
  }
  const first = bare(graphemes(words[0].slice(0, 80))[0]);
  if (words.length === 1 || !isLetter(first)) {
    return first.toLocaleUpperCase();
  }
  return (first + (isLetter(last[0]) ? bare(last[0]) : "")).toLocaleUpperCase();
}

/**
 * A letter without heaps of accents, which would not fit into a circle; emoji stay whole.
 *
 * @param {string} grapheme
 */
function bare(grapheme) {
  return isLetter(grapheme) ? Array.from(grapheme.normalize("NFC"))[0] : grapheme;
}

/** @param {string} text */
function isLetter(text) {
  return /^\p{L}/u.test(text);
}

/**
 * Neighbours in a list are often neighbours by id: these get different colours, which a hash would not promise.
 *
 * @param {string} seed  Of one user or group, always the same: `u:7`, `g:5`.
 * @returns {number} 0 to AVATAR_HUES - 1
 */
export function avatarHue(seed) {
  const id = Number(seed.slice(2));
  const shift = seed.startsWith("g:") ? 5 : 0;
  return Number.isSafeInteger(id) ? ((id % AVATAR_HUES) * 7 + shift) % AVATAR_HUES : 0;
}

/**
 * The address of a picture, if it is one that is fetched: a path of this server. One on somebody else's server would tell
 * them who looks, when, and from where.
 *
 * @param {string} address
 * @returns {string | null}
 */
export function avatarAddress(address) {
  return /^\/(?![/\\])/u.test(address) ? address : null;
}
