// @ts-check
// Marks what a search found in the messages that stand in the page, without touching them: as highlights of the
// browser, where it has such, and in any case a frame around the message that is shown.

const ALL = "found";
const HERE = "found-here";

/**
 * @param {HTMLElement} rows  The messages; they come and go as one scrolls.
 */
export function paintFound(rows) {
  const marks = globalThis.CSS?.highlights;
  let wanted = "";
  /** @type {number | null} */
  let here = null;
  let painting = false;
  const watch = new MutationObserver(soon);

  function soon() {
    if (painting) {
      return;
    }
    painting = true;
    requestAnimationFrame(() => {
      painting = false;
      paint();
    });
  }

  function paint() {
    for (const row of rows.querySelectorAll("[data-found]")) {
      row.removeAttribute("data-found");
    }
    const row = here === null ? null : rows.querySelector(`[data-seq="${here}"]`);
    row?.setAttribute("data-found", "");
    marks?.delete(ALL);
    marks?.delete(HERE);
    if (!marks || wanted === "") {
      return;
    }
    const texts = [...rows.querySelectorAll("[data-seq] .bubble")];
    const ranges = texts.flatMap((text) => rangesIn(text, wanted));
    const inHere = (/** @type {Range} */ range) => row?.contains(range.startContainer) ?? false;
    marks.set(ALL, new Highlight(...ranges.filter((range) => !inHere(range))));
    marks.set(HERE, new Highlight(...ranges.filter(inHere)));
  }

  return {
    /**
     * @param {string} text
     * @param {number | null} seq
     */
    show(text, seq) {
      wanted = text.toLowerCase();
      here = seq;
      watch.disconnect();
      if (wanted !== "") {
        watch.observe(rows, { childList: true, subtree: true, characterData: true });
      }
      paint();
    },
    end() {
      watch.disconnect();
      wanted = "";
      here = null;
      paint();
    },
  };
}

/**
 * @param {Element} within
 * @param {string} wanted
 */
function rangesIn(within, wanted) {
  /** @type {Range[]} */
  const ranges = [];
  const texts = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = (node.nodeValue ?? "").toLowerCase();
    // A letter that is another number of letters in lower case would shift what follows: rare, and only the mark is off.
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, Math.min(at + wanted.length, node.nodeValue?.length ?? 0));
      ranges.push(range);
    }
  }
  return ranges;
}
