// @ts-check
// The rows of the log in the page: sections of a few places each, which the browser need not lay out while they are out
// of sight, and empty room for those that are left out. What each one measures is told to the extent.

import { h, reconcile, unmountItems } from "../../lib/dom.js";

/** @typedef {import("./rows.js").LogRow} LogRow */
/** @typedef {{ number: number, rows: LogRow[] }} Chunk */

/**
 * @param {object} parts
 * @param {HTMLElement} parts.log  Scrolls.
 * @param {ReturnType<typeof import("./extent.js").createExtent>} parts.extent
 * @param {(row: LogRow) => import("../../lib/dom.js").ItemView<any>} parts.create
 * @param {() => void} parts.resized  Something has another height than before.
 */
export function createChunks({ log, extent, create, resized }) {
  const node = h("div", { class: "log__rows" });
  const sizes = new ResizeObserver((changes) => {
    for (const { target, borderBoxSize } of changes) {
      if (target instanceof HTMLElement && target.dataset.chunk) {
        extent.measured(Number(target.dataset.chunk), borderBoxSize[0].blockSize);
      }
    }
    resized();
  });
  sizes.observe(log);
  sizes.observe(node);

  /** Only the window moves: chunks that are there already stay as they are. */
  let moving = false;
  /** Chunks whose rows are other ones than when they were measured. @type {Set<HTMLElement>} */
  const unmeasured = new Set();

  /** @param {Chunk} chunk @returns {import("../../lib/dom.js").ItemView<Chunk>} */
  function createChunk({ number }) {
    const section = h("section", { class: "log__chunk", role: "presentation", "data-chunk": number });
    let count = 0;
    /** Which rows it has. @type {string | undefined} */
    let shown;
    sizes.observe(section);
    return {
      node: section,
      update({ rows }) {
        const name = `${rows.length} ${rows[0].key} ${rows.at(-1)?.key}`;
        if (moving && name === shown) {
          return;
        }
        shown = name;
        reconcile(section, rows, (row) => row.key, create);
        if (rows.length !== count) {
          count = rows.length;
          unmeasured.add(section);
        }
      },
      destroy() {
        sizes.unobserve(section);
        unmeasured.delete(section);
        // Whoever stands in it with the keyboard goes on from the log.
        if (section.contains(document.activeElement)) {
          log.focus({ preventScroll: true });
        }
        unmountItems(section);
      },
    };
  }

  /**
   * A chunk may be left out of the layout only when its size is known exactly: were it a guess, what one reads would jump
   * when it comes near. All are made ready before the first is measured, so there is one layout.
   */
  function measure() {
    for (const section of unmeasured) {
      section.removeAttribute("data-measured");
    }
    for (const section of unmeasured) {
      extent.measured(Number(section.dataset.chunk), section.getBoundingClientRect().height);
    }
    for (const section of unmeasured) {
      const height = extent.heightOf(Number(section.dataset.chunk));
      section.style.setProperty("contain-intrinsic-block-size", `auto ${height}px`);
      section.setAttribute("data-measured", "");
    }
    unmeasured.clear();
  }

  return {
    node,
    /**
     * @param {LogRow[]} rows
     * @param {{ above: number, below: number }} space
     * @param {boolean} moved  Nothing is new but which chunks are shown.
     */
    update(rows, space, moved) {
      moving = moved;
      reconcile(node, inChunks(rows), ({ number }) => String(number), createChunk);
      node.style.setProperty("padding-block", `${space.above}px ${space.below}px`);
      measure();
    },
    destroy() {
      sizes.disconnect();
      unmountItems(node);
    },
  };
}

/**
 * @param {LogRow[]} rows
 * @returns {Chunk[]}
 */
function inChunks(rows) {
  /** @type {Chunk[]} */
  const chunks = [];
  for (const row of rows) {
    const last = chunks.at(-1);
    if (last?.number === row.chunk) {
      last.rows.push(row);
    } else {
      chunks.push({ number: row.chunk, rows: [row] });
    }
  }
  return chunks;
}
