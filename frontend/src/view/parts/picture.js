// @ts-check
// The drawings of views that have nothing to show, in the colours of the theme. An icon stands in where there is none.

import { svg } from "../../lib/dom.js";

/** What is drawn, back to front, and in which colour of notice.css. @type {Record<string, [string, string][]>} */
const DRAWINGS = {
  messages: [
    ["ground", "M20 78c0-4 24-7 54-7s54 3 54 7-24 7-54 7-54-3-54-7z"],
    [
      "back",
      "M62 12h54a11 11 0 0 1 11 11v24a11 11 0 0 1-11 11h-3v11l-15-11H62a11 11 0 0 1-11-11V23a11 11 0 0 1 11-11z",
    ],
    ["words", "M84 28h28M92 41h20"],
    [
      "front",
      "M30 27h48a11 11 0 0 1 11 11v20a11 11 0 0 1-11 11H47L33 80V69h-3a11 11 0 0 1-11-11V38a11 11 0 0 1 11-11z",
    ],
    ["dots", "M40 48v.1M54 48v.1M68 48v.1"],
  ],
  search: [
    ["ground", "M20 78c0-4 24-7 54-7s54 3 54 7-24 7-54 7-54-3-54-7z"],
    ["back", "M36 16h76a7 7 0 0 1 7 7v44a7 7 0 0 1-7 7H36a7 7 0 0 1-7-7V23a7 7 0 0 1 7-7z"],
    ["words", "M42 30h34M42 42h24M42 54h30"],
    ["front", "M88 62a17 17 0 1 0 0-34 17 17 0 0 0 0 34z"],
    ["handle", "M100 57l14 15"],
  ],
};

/**
 * @param {string} name
 * @returns {SVGElement | null}
 */
export function picture(name) {
  const drawing = DRAWINGS[name];
  if (!drawing) {
    return null;
  }
  const paths = drawing.map(([part, d]) => svg("path", { class: `picture__${part}`, d }));
  return svg("svg", { class: "picture", viewBox: "0 0 148 88", "aria-hidden": "true" }, ...paths);
}
