// @ts-check
// The ratios of WCAG 2.2 for every pair of tokens that meets on the screen, in both themes, read from the style sheets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AVATAR_HUES } from "../../src/lib/avatar.js";

const STYLES = new URL("../../src/styles/", import.meta.url);
/** @param {string} file */
const declared = (file) =>
  new Map(
    [...readFileSync(new URL(file, STYLES), "utf8").matchAll(/(--[\w-]+):\s*([^;]+);/gu)].map(
      ([, name, value]) => [name, value.trim()],
    ),
  );
const palette = declared("palette.css");
const roles = declared("roles.css");

/** @typedef {[red: number, green: number, blue: number, alpha: number]} Colour */

/** @param {string} token @param {0 | 1} theme @returns {Colour} */
function colour(token, theme) {
  const value = roles.get(token) ?? palette.get(token) ?? assert.fail(`no ${token}`);
  const named = /^var\((--[\w-]+)\)$/u.exec(value);
  if (named) {
    return colour(named[1], theme);
  }
  const pair = /^light-dark\((#\w+),\s*(#\w+)\)$/u.exec(value);
  return parse(pair ? pair[theme + 1] : value);
}

/** @param {string} hex @returns {Colour} */
function parse(hex) {
  const [red, green, blue, alpha = 255] = (hex.slice(1).match(/../gu) ?? []).map((part) =>
    Number.parseInt(part, 16),
  );
  return [red, green, blue, alpha / 255];
}

/** @param {Colour} over @param {Colour} under @returns {Colour} */
function blend(over, under) {
  const mixed = [0, 1, 2].map((part) => over[part] * over[3] + under[part] * (1 - over[3]));
  return [mixed[0], mixed[1], mixed[2], 1];
}

/** @param {Colour} colour */
function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Colour} a @param {Colour} b */
function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["--surface-list", "--surface-log", "--surface-raised", "--surface-field"];
const TEXTS = ["--text", "--text-soft", "--text-accent", "--text-danger"];

/** What carries text: [text, ground, what lies over the ground]. @type {[string, string, string?][]} */
const TEXT_PAIRS = [
  ...GROUNDS.flatMap((ground) => TEXTS.map((text) => /** @type {[string, string]} */ ([text, ground]))),
  ...["--text", "--text-soft", "--text-accent", "--text-warning", "--text-danger"].map(
    (text) => /** @type {[string, string, string]} */ ([text, "--surface-list", "--hover"]),
  ),
  ...["--text", "--text-soft", "--text-accent"].map(
    (text) => /** @type {[string, string, string]} */ ([text, "--surface-list", "--pressed"]),
  ),
  ["--text-soft", "--surface-log", "--pressed"],
  ["--text-soft", "--surface-log", "--hover"],
  ["--text-soft", "--surface-rail", "--hover"],
  ["--text-accent", "--surface-rail", "--hover"],
  ["--text-accent", "--surface-log", "--hover"],
  ["--text-accent", "--surface-raised", "--hover"],
  ["--text", "--accent-soft"],
  ["--text-soft", "--accent-soft"],
  ["--text-accent", "--accent-soft"],
  ["--text-warning", "--surface-list"],
  ["--text-warning", "--warning-soft"],
  ["--text-warning", "--warning-soft", "--hover"],
  ["--text-danger", "--danger-soft"],
  ["--text-danger", "--danger-soft", "--hover"],
  ["--text", "--danger-soft"],
  ["--on-accent", "--accent"],
  ["--on-accent", "--accent-strong"],
  ["--on-badge", "--badge"],
  ["--on-bubble-own", "--bubble-own"],
  ["--on-bubble-other", "--bubble-other"],
  ["--on-found", "--found"],
  ["--on-found", "--found-here"],
  ...Array.from(
    { length: AVATAR_HUES },
    (_, hue) => /** @type {[string, string]} */ (["--on-avatar", `--hue-${hue}`]),
  ),
];

/** What has to be told from its surroundings without being text. @type {[string, string][]} */
const SHAPE_PAIRS = [
  ...GROUNDS.map((ground) => /** @type {[string, string]} */ (["--focus", ground])),
  ["--focus", "--surface-rail"],
  ["--line-field", "--surface-raised"],
  ["--line-field", "--surface-list"],
  ["--line-field", "--surface-log"],
  ["--danger", "--danger-soft"],
  ...["online", "away", "offline"].flatMap((status) =>
    ["--surface-list", "--surface-rail", "--surface-log", "--surface-raised"].map(
      (ground) => /** @type {[string, string]} */ ([`--presence-${status}`, ground]),
    ),
  ),
];

for (const [theme, name] of /** @type {[0 | 1, string][]} */ ([
  [0, "light"],
  [1, "dark"],
])) {
  test(`every text can be read in the ${name} theme`, () => {
    const weak = TEXT_PAIRS.filter(([text, ground, over]) => {
      const under = over ? blend(colour(over, theme), colour(ground, theme)) : colour(ground, theme);
      return ratio(colour(text, theme), under) < 4.5;
    });
    assert.deepEqual(weak, []);
  });

  test(`every mark can be seen in the ${name} theme`, () => {
    assert.deepEqual(
      SHAPE_PAIRS.filter(([mark, ground]) => ratio(colour(mark, theme), colour(ground, theme)) < 3),
      [],
    );
  });
}

test("blocks use roles only, never the palette or a colour of their own", () => {
  const blocks = [
    "avatar",
    "banner",
    "bubble",
    "button",
    "composer",
    "conversation",
    "dialog",
    "entry",
    "field",
    "find",
    "finder",
    "log",
    "login",
    "notice",
    "resizer",
    "row",
    "settings",
  ];
  for (const block of blocks) {
    const css = readFileSync(new URL(`blocks/${block}.css`, STYLES), "utf8");
    const used = [...css.matchAll(/var\((--[\w-]+)/gu)].map(([, name]) => name);
    assert.deepEqual(
      used.filter((name) => palette.has(name) && !name.startsWith("--hue-")),
      [],
      block,
    );
    assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b/iu, block);
  }
});
