// @ts-check
// Which of the entries that are held stand in the page: a window of whole chunks around what is in sight. A chunk is
// twenty-five places of the log, whatever stands there, so it stays the same one however much comes in above it. What is left
// out has a height all the same, measured or guessed, and the scroll bar tells the truth. Pure.

/** @typedef {import("../context.js").LogView} LogView */

/** Places of a chunk. */
export const CHUNK = 25;
/** So many chunks stand beyond what is in sight, on either side. */
const BEYOND = 3;
/** A chunk that is further away than this goes. */
const FAR = 4;
/** When it is opened, so many entries stand there at least: more than a screen shows. */
const START = 40;
/** Of what is known already, so much stands above what is new. */
const BEFORE_NEW = 5;
/** What is new is shown from its beginning when it has no more entries than this. */
const NEW_MOST = 240;
/** What a chunk that was never shown is taken to measure, in px. */
const GUESS = 1500;

/** @param {number} seq */
export const chunkOf = (seq) => Math.floor(seq / CHUNK);

/** The chunk numbers of all entries that are held, ascending; made anew only when entries came or went. */
function createIndex() {
  /** @type {number[]} */
  let numbers = [];
  let made = "";

  /** @param {LogView} view */
  return ({ entries }) => {
    const name = `${entries.length} ${entries[0]?.seq} ${entries.at(-1)?.seq}`;
    if (name !== made) {
      made = name;
      numbers = [];
      for (const { seq } of entries) {
        if (chunkOf(seq) !== numbers.at(-1)) {
          numbers.push(chunkOf(seq));
        }
      }
    }
    return numbers;
  };
}

export function createExtent() {
  const numbersOf = createIndex();
  /** @type {Map<number, number>} */
  const heights = new Map();
  /** The first chunk that is shown; null: nothing was there yet. @type {number | null} */
  let from = null;
  /** The last one; infinite: to the end, wherever that is. */
  let to = Number.POSITIVE_INFINITY;

  /** @param {number} number */
  const heightOf = (number) => heights.get(number) ?? GUESS;

  /**
   * @param {LogView} view
   * @param {number | null} newAfter
   */
  function begin({ entries }, newAfter) {
    const fresh = newAfter === null ? entries.length : entries.findIndex(({ seq }) => seq > newAfter);
    const first = Math.min(entries.length - START, Math.max(fresh - BEFORE_NEW, entries.length - NEW_MOST));
    from = chunkOf(entries[Math.max(0, first)].seq);
    to = Number.POSITIVE_INFINITY;
  }

  /**
   * @param {number[]} numbers
   * @param {number} first
   * @param {number} last
   * @returns {boolean} Whether that is another window.
   */
  function set(numbers, first, last) {
    const before = [from, to];
    from = numbers[Math.max(0, first)];
    to = last >= numbers.length - 1 ? Number.POSITIVE_INFINITY : numbers[last];
    return before[0] !== from || before[1] !== to;
  }

  return {
    /** The seq from which on entries are shown. */
    get first() {
      return (from ?? 0) * CHUNK;
    },

    /** The seq up to which they are; infinite: to the end, with what is still on its way. */
    get last() {
      return (to + 1) * CHUNK - 1;
    },

    get atEnd() {
      return to === Number.POSITIVE_INFINITY;
    },

    /**
     * @param {LogView} view
     * @param {boolean} atEnd  Of what is held and shown the reader sees the end.
     * @param {number | null} [newAfter]  What is beyond this seq is new: at first it is shown from there, if that is not
     *   too far up.
     */
    follow(view, atEnd, newAfter = null) {
      const numbers = numbersOf(view);
      if (numbers.length === 0) {
        return;
      }
      const shown = numbers.filter((number) => number >= (from ?? 0) && number <= to);
      if (from === null || shown.length === 0) {
        begin(view, newAfter);
      } else if (atEnd && to === Number.POSITIVE_INFINITY && shown.length > 2 * FAR + 1) {
        from = shown[shown.length - 1 - BEYOND];
      }
    },

    /**
     * The window around what is in sight. It moves only when one comes near to its edge, and a little at a time: whoever
     * is told that it moved asks again in the next frame.
     *
     * @param {LogView} view
     * @param {[number, number]} sight  The first and last chunk in sight.
     * @param {boolean} [drops]  Whether far chunks may go.
     * @returns {boolean} Whether it moved.
     */
    cover(view, [top, bottom], drops = true) {
      const numbers = numbersOf(view);
      if (numbers.length === 0 || from === null) {
        return false;
      }
      const [high, low] = [placeOf(numbers, top), placeOf(numbers, bottom)];
      const [first, last] = [placeOf(numbers, from), lastPlace(numbers, to)];
      const apart = high > last + 1 || low < first - 1;
      const near = [Math.max(0, high - BEYOND), Math.min(numbers.length - 1, low + BEYOND)];
      if (apart) {
        return set(numbers, near[0], near[1]);
      }
      // One more on either side at a time: to build several is too much for a frame.
      const upper = first < high - FAR && drops ? high - FAR : Math.max(first - 1, Math.min(first, near[0]));
      const lower = last > low + FAR && drops ? low + FAR : Math.min(last + 1, Math.max(last, near[1]));
      return set(numbers, upper, lower);
    },

    /**
     * So that an entry is in it, with its neighbours.
     *
     * @param {LogView} view
     * @param {number} seq
     */
    show(view, seq) {
      const at = placeOf(numbersOf(view), chunkOf(seq));
      return set(numbersOf(view), at - BEYOND, at + BEYOND);
    },

    /** @param {LogView} view */
    toEnd(view) {
      if (to !== Number.POSITIVE_INFINITY && view.entries.length > 0) {
        begin(view, null);
      }
    },

    /**
     * Whether the first entry that is held is shown.
     *
     * @param {LogView} view
     */
    reaches(view) {
      const [first] = numbersOf(view);
      return first === undefined || (from ?? 0) <= first;
    },

    /**
     * A chunk was laid out.
     *
     * @param {number} number
     * @param {number} height  In px.
     */
    measured(number, height) {
      heights.set(number, height);
    },

    heightOf,

    /**
     * What is left out above and below, in px.
     *
     * @param {LogView} view
     * @returns {{ above: number, below: number }}
     */
    space(view) {
      const space = { above: 0, below: 0 };
      for (const number of numbersOf(view)) {
        space.above += number < (from ?? 0) ? heightOf(number) : 0;
        space.below += number > to ? heightOf(number) : 0;
      }
      return space;
    },

    /**
     * Which chunk stands there, so many px below the beginning of all that is held.
     *
     * @param {LogView} view
     * @param {number} distance
     */
    at(view, distance) {
      let rest = distance;
      const numbers = numbersOf(view);
      for (const number of numbers) {
        rest -= heightOf(number);
        if (rest > 0) {
          continue;
        }
        return number;
      }
      return numbers.at(-1) ?? 0;
    },
  };
}

/**
 * The place of the first that is not below that number.
 *
 * @param {number[]} numbers  Ascending.
 * @param {number} wanted
 */
function placeOf(numbers, wanted) {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Math.max(0, low);
}

/**
 * The place of the last that is not above that number.
 *
 * @param {number[]} numbers  Ascending.
 * @param {number} wanted
 */
function lastPlace(numbers, wanted) {
  const at = placeOf(numbers, wanted);
  return numbers[at] > wanted ? Math.max(0, at - 1) : at;
}
