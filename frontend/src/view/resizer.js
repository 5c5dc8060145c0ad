// @ts-check
// The line between the list and the conversation: drawn by pointer or by arrows it makes the list wider or narrower;
// a double click, or Enter, gives it its first width again. What was chosen is remembered on this device; it is the width
// for text of the usual size, and larger text gets more.

import { h, Lifetime, setAttribute } from "../lib/dom.js";

const LEAST = 220;
const MOST = 400;
const FIRST = 280;
const STEP = 10;
/** The size of the text that the widths are for. */
const USUAL_TEXT = 14;

/** @param {import("./context.js").ClientPage} page */
export function mountResizer({ preferences, t }) {
  const life = new Lifetime();
  const node = h("div", {
    class: "resizer",
    role: "separator",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": t("list.width"),
    "aria-valuemin": LEAST,
    "aria-valuemax": MOST,
    title: t("list.width_hint"),
  });
  /** Where the pointer took hold of it, and how wide the list was. @type {{ x: number, width: number } | null} */
  let held = null;

  /** How much wider the list is than what is chosen. */
  const scale = () => preferences.get("text_size") / USUAL_TEXT;

  /** @param {number} width */
  function set(width) {
    const chosen = Math.round(Math.max(LEAST, Math.min(MOST, width)));
    if (chosen !== preferences.get("list_width")) {
      preferences.set("list_width", chosen);
    }
  }

  function update() {
    const width = preferences.get("list_width");
    setAttribute(node, "aria-valuenow", width);
    setAttribute(node, "aria-valuetext", t("settings.text_size_px", { count: Math.round(width * scale()) }));
  }

  /** @param {KeyboardEvent} event */
  function byKey(event) {
    const width = preferences.get("list_width");
    const step = (isMirrored(node) ? -1 : 1) * (event.shiftKey ? 5 * STEP : STEP);
    const to = { ArrowRight: width + step, ArrowLeft: width - step, Home: LEAST, End: MOST, Enter: FIRST };
    const wanted = to[/** @type {keyof typeof to} */ (event.key)];
    if (event.key === "Escape" && held) {
      set(held.width);
      held = null;
    } else if (wanted !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      set(wanted);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  life.listen(node, "pointerdown", (event) => {
    if (event.button === 0) {
      node.setPointerCapture(event.pointerId);
      held = { x: event.clientX, width: preferences.get("list_width") };
      setAttribute(node, "data-held", true);
    }
  });
  life.listen(node, "pointermove", (event) => {
    if (held) {
      const moved = (event.clientX - held.x) / scale();
      set(held.width + (isMirrored(node) ? -moved : moved));
    }
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    life.listen(node, end, () => {
      held = null;
      setAttribute(node, "data-held", null);
    });
  }
  life.listen(node, "dblclick", () => set(FIRST));
  life.listen(node, "keydown", byKey);
  life.add(preferences.on("change", update));
  update();
  return { node, destroy: () => life.end() };
}

/** @param {Element} node */
function isMirrored(node) {
  return getComputedStyle(node).direction === "rtl";
}
