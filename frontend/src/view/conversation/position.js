// @ts-check
// Where the reader is in the log. Two rules: whoever is at the end stays at the end, and whatever else one reads stays
// where it is on the screen, however much comes in above it. The browser's own scroll anchoring is switched off: not
// every engine has it, and two that correct the same jump make another.

/** Within so many px of the end one counts as being there. */
export const NEAR_END = 100;

/**
 * @param {HTMLElement} log  Scrolls.
 * @param {HTMLElement} rows  Holds the rows, in order.
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
    const anchor = anchors.find(({ node }) => node.parentNode === rows);
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
 * The rows of which something can be seen, the first one found by halving.
 *
 * @param {HTMLElement} log
 * @param {HTMLElement} rows
 * @returns {Element[]}
 */
export function inSight(log, rows) {
  const { top, bottom } = log.getBoundingClientRect();
  const all = rows.children;
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
