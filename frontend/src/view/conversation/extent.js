// @ts-check
// Which of the entries that are held stand in the page: the newest ones, more as one reads back, and few again when one
// is back at the end. A page with ten thousand messages in it would be slow to open and to lay out. Pure.

/** @typedef {import("../context.js").LogView} LogView */

const START = 80;
const STEP = 60;
/** Of what is known already, so much stands above what is new. */
const BEFORE_NEW = 5;
/** At the end, so many may stand there before the oldest are taken away again. */
const MOST = 240;

export function createExtent() {
  /** The seq from which on entries are shown; null: nothing was there yet. @type {number | null} */
  let first = null;

  /**
   * @param {LogView} view
   * @returns {number} The place of the first one that is shown.
   */
  function indexOf({ entries }) {
    const from = first ?? 0;
    const index = entries.findIndex((entry) => entry.seq >= from);
    return index < 0 ? entries.length : index;
  }

  return {
    get first() {
      return first ?? 0;
    },

    /**
     * @param {LogView} view
     * @param {boolean} atEnd
     * @param {number | null} [newAfter]  What is beyond this seq is new: at first it is shown from there, if that is not
     *   too far up.
     */
    follow(view, atEnd, newAfter = null) {
      const { entries } = view;
      if (entries.length === 0) {
        return;
      }
      const shown = entries.length - indexOf(view);
      if (first === null) {
        const fresh = newAfter === null ? entries.length : entries.findIndex(({ seq }) => seq > newAfter);
        const from = Math.min(entries.length - START, Math.max(fresh - BEFORE_NEW, entries.length - MOST));
        first = entries[Math.max(0, from)].seq;
      } else if (shown === 0 || (atEnd && shown > MOST)) {
        first = entries[Math.max(0, entries.length - START)].seq;
      }
    },

    /**
     * Whether the first entry that is held is shown.
     *
     * @param {LogView} view
     */
    reaches: (view) => indexOf(view) === 0,

    /**
     * @param {LogView} view
     * @returns {boolean} Whether there was more to show.
     */
    grow(view) {
      const index = indexOf(view);
      if (index === 0) {
        return false;
      }
      first = view.entries[Math.max(0, index - STEP)].seq;
      return true;
    },
  };
}
