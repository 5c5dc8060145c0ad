// @ts-check
// Where the line above what is new stands: above what was unread when the conversation was opened, or above what came
// while nobody looked. Then it stays until one leaves, or looks away again, or turns out to have read that elsewhere.

/** @typedef {import("../context.js").LogView} LogView */

/** @param {LogView} opened */
export function createNewAfter(opened) {
  /** What is beyond this seq is new; null: nothing is; undefined while it is not known. @type {number | null | undefined} */
  let after = isEmpty(opened) ? undefined : beginOf(opened);
  let placed = false;
  /** Something new is there, and nobody looks. */
  let waiting = false;
  /** It was gone to, and one had read further elsewhere. */
  let overtaken = false;

  return {
    /**
     * @param {LogView} view
     * @param {boolean} looking
     */
    after(view, looking) {
      const elsewhere = view.read_elsewhere > (after ?? view.read_elsewhere);
      if (elsewhere || (after === undefined && !isEmpty(view))) {
        overtaken ||= elsewhere && placed;
        placed &&= !elsewhere;
        after = beginOf(view);
      }
      waiting = !looking && view.unread > 0;
      if (waiting && !isEmpty(view) && after !== view.read_seq) {
        after = view.read_seq;
        placed = false;
      }
      return after ?? null;
    },

    /** Whether it was gone to for nothing; said once. */
    takeBack() {
      const back = overtaken;
      overtaken = false;
      return back;
    },

    /**
     * Goes there, the first time it is in the log. While nobody looks, it also stays in sight: whoever comes back begins to
     * read where they stopped. Were it the first of all in the log, what is new would begin further up, where nothing is
     * loaded: then better to the end.
     *
     * @param {boolean} whole  Whether the conversation's first entry is in the log.
     * @param {HTMLElement} rows
     * @param {ReturnType<typeof import("./position.js").createPosition>} position
     * @returns {boolean} Whether it went anywhere.
     */
    place(whole, rows, position) {
      const line = placed && !waiting ? null : rows.querySelector(".new-line");
      if (!line) {
        return false;
      }
      placed = true;
      const first = rows.querySelector("[data-seq]");
      const below = first && line.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!position.atEnd || (below && !whole)) {
        return false;
      }
      position.toRow(line);
      return true;
    },
  };
}

/** @param {LogView} view */
function beginOf(view) {
  return view.unread > 0 ? view.read_seq : null;
}

/** @param {LogView} view */
function isEmpty(view) {
  return view.state === "loading" && view.entries.length === 0;
}
