// @ts-check
// How well what somebody types fits a name, and which of its letters it is about. Typing "amo" finds "Alice Morgan";
// accents and case do not matter. Pure.

/**
 * @typedef {object} Match
 * @property {number} score  Higher is better.
 * @property {Set<number>} at  The code points of the name that were typed.
 */

/**
 * @param {string} typed
 * @param {string} name
 * @returns {Match | null}
 */
export function fits(typed, name) {
  const wanted = [...typed.trim()].map(fold).join("");
  const letters = [...name].map(fold);
  if (wanted === "") {
    return { score: 0, at: new Set() };
  }
  return whole(wanted, letters) ?? scattered([...wanted], letters);
}

/**
 * All in one piece: best at the beginning, better at that of a word than within one; and a short name before a long one.
 *
 * @param {string} wanted
 * @param {string[]} letters
 * @returns {Match | null}
 */
function whole(wanted, letters) {
  const length = [...wanted].length;
  let best = -1;
  for (let from = 0; from + length <= letters.length; from += 1) {
    if (letters.slice(from, from + length).join("") !== wanted) {
      continue;
    }
    if (best < 0 || begins(letters, from)) {
      best = from;
    }
    if (begins(letters, best)) {
      break;
    }
  }
  if (best < 0) {
    return null;
  }
  const place = best === 0 ? 300 : begins(letters, best) ? 200 : 100;
  return {
    score: place - letters.length / 100,
    at: new Set(letters.slice(0, length).map((_, i) => best + i)),
  };
}

/**
 * In order, with others between: letters that begin a word first, and the nearer together the better.
 *
 * @param {string[]} wanted
 * @param {string[]} letters
 * @returns {Match | null}
 */
function scattered(wanted, letters) {
  /** @type {number[]} */
  const at = [];
  let from = 0;
  for (const [index, letter] of wanted.entries()) {
    const rest = wanted.slice(index + 1);
    const places = letters.flatMap((one, place) => (place >= from && one === letter ? [place] : []));
    const good = places.filter((place) => isIn(rest, letters, place + 1));
    const next =
      good[0] === from && index > 0 ? from : (good.find((place) => begins(letters, place)) ?? good[0]);
    if (next === undefined) {
      return null;
    }
    at.push(next);
    from = next + 1;
  }
  const starts = at.filter((place) => begins(letters, place)).length;
  const spread = at[at.length - 1] - at[0] - at.length + 1;
  return { score: (50 * starts) / at.length - spread - letters.length / 100, at: new Set(at) };
}

/**
 * @param {string[]} wanted
 * @param {string[]} letters
 * @param {number} from
 */
function isIn(wanted, letters, from) {
  let place = from;
  return wanted.every((letter) => {
    place = letters.indexOf(letter, place) + 1;
    return place > 0;
  });
}

/**
 * @param {string[]} letters
 * @param {number} place
 */
function begins(letters, place) {
  return place === 0 || /[\s._\-/(]/u.test(letters[place - 1]);
}

/** One code point, without accents and case, as one. @param {string} point */
export function fold(point) {
  const plain = point.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return [...plain][0] ?? point;
}
