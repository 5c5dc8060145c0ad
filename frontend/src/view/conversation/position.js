// @ts-check
// Where the reader is in the log. Two rules: whoever is at the end stays at the end, and whatever else one reads stays
// where it is on the screen, however much comes in above it. The browser's own scroll anchoring is switched off: not
// every engine has it, and two that correct the same jump make another.

/** Within so many px of the end one counts as being there. */
export const NEAR_END = 100;

/**
 * @param {HTMLElement} log  Scrolls.
 * @param {HTMLElement} rows  Holds the chunks, in order, and they the rows.
 */
export function createPosition(log, rows) {
  let atEnd = true;
  /** What was in sight, and how far below the upper edge. @type {{ node: Element, top: number }[]} */
  let anchors = [];

  function distance() {
    return log.scrollHeight - log.clientHeight - log.scrollTop;
  }

  /** After the reader moved. */
  function note() {
    atEnd = distance() <= NEAR_END;
    remember();
  }

  /** Only what keeps its place in the log: a day's pill goes up with the first entry of its day. */
  function remember() {
    const edge = log.getBoundingClientRect().top;
    const fixed = inSight(log, rows).filter((node) => node.matches("[data-seq], [data-draft]"));
    anchors = fixed.map((node) => ({ node, top: node.getBoundingClientRect().top - edge }));
  }

  /** After anything changed: rows, sizes. */
  function keep() {
    if (atEnd) {
      log.scrollTop = log.scrollHeight;
    } else {
      restore();
    }
    remember();
  }

  function restore() {
    const anchor = anchors.find(({ node }) => rows.contains(node));
    if (!anchor) {
      return;
    }
    const moved = anchor.node.getBoundingClientRect().top - log.getBoundingClientRect().top - anchor.top;
    if (Math.abs(moved) >= 1) {
      log.scrollTop += moved;
    }
  }

  return {
    note,
    keep,
    /**
     * The first and the last chunk in sight. Where none stands in the page, so far down is what would.
     *
     * @param {(distance: number) => number} at
     * @returns {[number, number]}
     */
    chunks(at) {
      const seen = chunksInSight(log, rows).map((node) => Number(node.getAttribute("data-chunk")));
      const [first] = seen;
      if (first !== undefined) {
        return [first, seen.at(-1) ?? first];
      }
      const there = at(log.getBoundingClientRect().top - rows.getBoundingClientRect().top);
      return [there, there];
    },
    /** One goes somewhere else on purpose. */
    leaveEnd() {
      atEnd = false;
      anchors = [];
    },
    get atEnd() {
      return atEnd;
    },
    toEnd() {
      atEnd = true;
      keep();
    },
    /**
     * Shows the row at the upper edge, unless the end is so near that it is in sight from there.
     *
     * @param {Element} node
     */
    toRow(node) {
      log.scrollTop = log.scrollHeight;
      const top = node.getBoundingClientRect().top - log.getBoundingClientRect().top;
      if (top < ABOVE) {
        log.scrollTop += top - ABOVE;
      }
      note();
    },
  };
}

/** How much of what is known already stays above the line of what is new. */
const ABOVE = 56;

/**
 * The chunks of which something can be seen.
 *
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 * @returns {Element[]}
 */
export function chunksInSight(log, rows) {
  return between(rows.children, log.getBoundingClientRect());
}

/**
 * The rows of which something can be seen. Only chunks in sight are looked into: to measure within another one, the
 * browser would have to lay it out.
 *
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 * @returns {Element[]}
 */
export function inSight(log, rows) {
  const box = log.getBoundingClientRect();
  return between(rows.children, box).flatMap((chunk) => between(chunk.children, box));
}

/**
 * Elements that stand one below the other: those within, the first one found by halving.
 *
 * @param {HTMLCollection} all
 * @param {DOMRect} box
 * @returns {Element[]}
 */
function between(all, { top, bottom }) {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].getBoundingClientRect().bottom <= top) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const seen = [];
  for (let index = low; index < all.length; index += 1) {
    if (all[index].getBoundingClientRect().top >= bottom) {
      break;
    }
    seen.push(all[index]);
  }
  return seen;
}
