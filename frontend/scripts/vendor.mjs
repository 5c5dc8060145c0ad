// @ts-check
// Puts what the client uses of other people's packages into src/vendor/, which git ignores: the reader of markdown as it
// comes; of the emoji's data what the picker needs, both languages in one file; of pinyin-pro the readings of single
// characters. `npm run vendor` calls it.

import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pinyin } from "pinyin-pro";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const VENDOR = `${FRONTEND}src/vendor/`;
/** Cargo looks only at files that it has met: this one, touched, makes it meet those that are new. */
const CARRIER = `${FRONTEND}../api/src/page/build.rs`;

/** Of Unicode's emoji, those that the systems of the last years can draw; newer ones would be boxes. */
const NEWEST = 15.1;

/** @param {string} path */
const packaged = (path) => readFile(`${FRONTEND}node_modules/${path}`, "utf8");

/** @param {string} name @param {string} text @returns {Promise<boolean>} Whether it was another one. */
async function put(name, text) {
  const before = await readFile(VENDOR + name, "utf8").catch(() => null);
  if (before !== text) {
    await writeFile(VENDOR + name, text);
  }
  return before !== text;
}

async function emoji() {
  const [english, chinese] = await Promise.all(
    ["en", "zh"].map(async (language) =>
      JSON.parse(await packaged(`emoji-picker-element-data/${language}/cldr/data.json`)),
    ),
  );
  const named = new Map(chinese.map((/** @type {any} */ one) => [one.emoji, one]));
  const list = english
    .filter((/** @type {any} */ one) => one.version <= NEWEST)
    .map((/** @type {any} */ one) => {
      const other = named.get(one.emoji);
      const words = [...new Set([...(one.tags ?? []), ...(other?.tags ?? [])])].join(" ");
      const skins = (one.skins ?? []).map((/** @type {any} */ skin) => skin.emoji);
      const short = { e: one.emoji, g: one.group, en: one.annotation, zh: other?.annotation ?? "", w: words };
      return skins.length > 0 ? { ...short, s: skins } : short;
    });
  return JSON.stringify(list);
}

/** The characters of each reading, in all their readings, without tones: names are found by them. */
function readings() {
  /** @type {Record<string, string>} */
  const characters = {};
  // CJK Unified Ideographs: what is rarer than these is in no name that anybody types.
  for (let point = 0x4e00; point <= 0x9fff; point += 1) {
    const character = String.fromCodePoint(point);
    const all = pinyin(character, { type: "array", multiple: true, toneType: "none" });
    // What has no reading comes back as it is. Who has no ü types v or u.
    const known = all.filter((reading) => /^[a-zü]+$/u.test(reading));
    for (const reading of new Set(known.flatMap((one) => [one.replace("ü", "v"), one.replace("ü", "u")]))) {
      characters[reading] = (characters[reading] ?? "") + character;
    }
  }
  return JSON.stringify(characters);
}

await mkdir(VENDOR, { recursive: true });
const reader = (await packaged("marked/lib/marked.esm.js")).replace(/^\/\/# sourceMappingURL=.*$/m, "");
const changes = [
  await put("marked.js", reader),
  await put("emoji.json", await emoji()),
  await put("pinyin.json", readings()),
];
if (changes.includes(true)) {
  const now = new Date();
  await utimes(CARRIER, now, now).catch(() => {});
  console.log("src/vendor is new");
}
