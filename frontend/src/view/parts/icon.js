// @ts-check
// The icons, as paths on a 24 px grid, drawn in the colour of the text around them. Never read out: what they stand for
// is said by the label of what they are in.

import { svg } from "../../lib/dom.js";

/** @type {Record<string, string[]>} */
const PATHS = {
  messages: [
    "M4.5 5.5h15a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 3.5v-3.5h-3A1.5 1.5 0 0 1 3 16V7a1.5 1.5 0 0 1 1.5-1.5z",
    "M8 10h8M8 13.5h5",
  ],
  settings: [
    "M10.3 3.5h3.4l.5 2.4 1.8 1 2.3-.8 1.7 3-1.8 1.6v2.1l1.8 1.6-1.7 3-2.3-.8-1.8 1-.5 2.4h-3.4l-.5-2.4-1.8-1-2.3.8-1.7-3 1.8-1.6v-2.1L4 9.1l1.7-3 2.3.8 1.8-1z",
    "M12 14.6a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8z",
  ],
  pin: ["M9 3.5h6l-.8 6.5 3.3 3.5h-11L9.8 10z", "M12 13.5v7"],
  bellOff: [
    "M6 10a6 6 0 0 1 9.5-4.9M18 10c0 5 2 6.5 2 6.5H8M5 16.5H4s1.5-1.1 1.9-4.5",
    "M10 19.5a2.2 2.2 0 0 0 4 0M4 4l16 16",
  ],
  device: ["M4.5 5h15v10.5h-15z", "M2.5 19h19"],
  more: ["M5.5 12h.1M12 12h.1M18.5 12h.1"],
  plus: ["M12 5v14M5 12h14"],
  back: ["M14.5 5.5 8 12l6.5 6.5"],
  members: [
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "M2.8 19.5c.3-3.3 2.9-5.2 6.2-5.2s5.9 1.9 6.2 5.2",
    "M15.5 4.8a3.5 3.5 0 0 1 0 6.4M17.5 14.7c2.2.7 3.5 2.4 3.7 4.8",
  ],
  close: ["M6 6l12 12M18 6 6 18"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  person: ["M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4.5 20c.4-3.9 3.5-6 7.5-6s7.1 2.1 7.5 6"],
  group: [
    "M4.5 5.5h15a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 3.5v-3.5h-3A1.5 1.5 0 0 1 3 16V7a1.5 1.5 0 0 1 1.5-1.5z",
    "M12 8.5v6M9 11.5h6",
  ],
  enter: ["M13 4h5a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-5", "M4 12h11M11 7.5l4.5 4.5-4.5 4.5"],
  clock: ["M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z", "M12 7.5V12l3 2"],
  sent: ["M5 12.5l4.5 4.5L19 7.5"],
  read: ["M2 12.5l4.5 4.5L16 7.5M11.5 16l1 1L22 7.5"],
  failed: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7.5v6M12 16.5v.2"],
  eye: [
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  ],
  offline: [
    "M3 3l18 18",
    "M5 12.5a10 10 0 0 1 3.5-2.2M2 9a14.5 14.5 0 0 1 4.2-2.7M10.5 5.1A14.5 14.5 0 0 1 22 9M14.2 10.1A10 10 0 0 1 19 12.5M8.5 16a5 5 0 0 1 7 0M12 19.5v.1",
  ],
  reload: ["M20 12a8 8 0 1 1-2.6-5.9", "M20 3.5v5h-5"],
  logOut: ["M11 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h5", "M9 12h11M16 7.5l4.5 4.5-4.5 4.5"],
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const paths = PATHS[name].map((d) => svg("path", { d }));
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", "data-icon": name },
    ...paths,
  );
}
