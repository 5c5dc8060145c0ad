// @ts-check
// Chinese names by how they are said: "wangxm", "wxm" and "wang" are the beginning of 王小明. Of each character any
// beginning of any of its readings counts, so nobody has to know which one the owner of the name uses.

import { fold } from "./fuzzy.js";
import { loadPinyin } from "./vendor.js";

/** @typedef {import("./fuzzy.js").Match} Match */
/** The characters of each reading, without tones. @typedef {Record<string, string>} Dictionary */
/** The readings of each character. @typedef {Map<string, string[]>} Readings */

/** As `fits`, by sound; null: how Chinese is said is not installed. */
export async function fitsSound() {
  const dictionary = await loadPinyin();
  const readings = dictionary && readingsOf(dictionary);
  return (
    readings && ((/** @type {string} */ typed, /** @type {string} */ name) => sounds(typed, name, readings))
  );
}

/** @param {Dictionary} dictionary @returns {Readings} */
export function readingsOf(dictionary) {
  /** @type {Readings} */
  const readings = new Map();
  for (const [reading, characters] of Object.entries(dictionary)) {
    for (const character of characters) {
      const others = readings.get(character);
      readings.set(character, others ? [...others, reading] : [reading]);
    }
  }
  return readings;
}

/**
 * In one piece: best from the beginning of the name.
 *
 * @param {string} typed
 * @param {string} name
 * @param {Readings} readings
 * @returns {Match | null}
 */
export function sounds(typed, name, readings) {
  // Blanks and apostrophes (xi'an) only part the syllables.
  const wanted = [...typed.replace(/[\s'’]/gu, "")].map(fold).join("");
  const letters = [...name];
  for (const start of letters.keys()) {
    const end = wanted && readings.has(letters[start]) ? endOf(wanted, letters, start, readings) : null;
    if (end !== null) {
      const at = new Set(letters.slice(start, end).map((_, index) => start + index));
      return { score: (start === 0 ? 250 : 90) - letters.length / 100, at };
    }
  }
  return null;
}

/**
 * Goes through the letters with all places of what was typed that can be reached up to there.
 *
 * @param {string} wanted
 * @param {string[]} letters
 * @param {number} start
 * @param {Readings} readings
 * @returns {number | null} Behind the last letter that was typed.
 */
function endOf(wanted, letters, start, readings) {
  let reached = new Set([0]);
  for (let place = start; place < letters.length && reached.size > 0; place += 1) {
    const letter = letters[place];
    if (letter.trim() === "") {
      continue;
    }
    const spoken = [fold(letter), ...(readings.get(letter) ?? [])];
    const next = [...reached].flatMap((from) => spoken.flatMap((sound) => steps(wanted, from, sound)));
    if (next.includes(wanted.length)) {
      return place + 1;
    }
    reached = new Set(next);
  }
  return null;
}

/**
 * Where one gets from there with the sound, or with as much of it as was typed.
 *
 * @param {string} wanted
 * @param {number} from
 * @param {string} sound
 */
function steps(wanted, from, sound) {
  const to = [];
  for (
    let length = 1;
    length <= sound.length && wanted[from + length - 1] === sound[length - 1];
    length += 1
  ) {
    to.push(from + length);
  }
  return to;
}
