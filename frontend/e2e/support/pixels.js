// Compares a picture with the committed one. A missing one is a failure, not a reason to make it: they are made on
// purpose (make screenshots), looked at one by one, and committed. CI never writes any.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { SCRATCH } from "./flow.js";

/** The folder of the committed pictures. */
export const BASELINES = new URL("../screenshots/", import.meta.url);

/** Two runs on the same packages differ in none; a radius of 8 that became 12 is 16 pixels. */
const TOLERATED = 10;
const THRESHOLD = 0.1;

/** A machine that is busy may be in the middle of drawing: what differs is looked at again, and fails if it stays so. */
const LOOKS = 4;

/**
 * @param {string} name  Of the file, without its end.
 * @param {() => Promise<Buffer>} take
 */
export async function compare(name, take) {
  let actual = await take();
  const baseline = fileURLToPath(new URL(`${name}.png`, BASELINES));
  if (process.env.UPDATE_SCREENSHOTS === "1") {
    assert.ok(!process.env.CI, "CI makes no screenshots");
    await save(baseline, smaller(actual));
    return;
  }
  if (!existsSync(baseline)) {
    await save(join(SCRATCH, "screenshots", `${name}.actual.png`), actual);
    assert.fail(`there is no ${baseline}: make screenshots, look at it, and commit it`);
  }
  const before = PNG.sync.read(await readFile(baseline));
  let { differing, diff } = difference(before, PNG.sync.read(actual));
  for (let look = 1; look < LOOKS && differing > TOLERATED; look += 1) {
    actual = await take();
    ({ differing, diff } = difference(before, PNG.sync.read(actual)));
  }
  if (differing > TOLERATED) {
    await save(join(SCRATCH, "screenshots", `${name}.actual.png`), actual);
    await save(join(SCRATCH, "screenshots", `${name}.diff.png`), PNG.sync.write(diff));
  }
  assert.ok(
    differing <= TOLERATED,
    `${name}: ${differing} pixels differ; see ${join(SCRATCH, "screenshots")}`,
  );
}

/**
 * @param {PNG} before
 * @param {PNG} now
 */
function difference(before, now) {
  if (before.width !== now.width || before.height !== now.height) {
    return { differing: Number.POSITIVE_INFINITY, diff: now };
  }
  const diff = new PNG({ width: now.width, height: now.height });
  const options = { threshold: THRESHOLD };
  const differing = pixelmatch(before.data, now.data, diff.data, now.width, now.height, options);
  return { differing, diff };
}

/** The same pixels in fewer bytes: flat surfaces pack best as they are, and with zlib's ordinary strategy. @param {Buffer} picture */
function smaller(picture) {
  return PNG.sync.write(PNG.sync.read(picture), {
    colorType: 2,
    filterType: 0,
    deflateLevel: 9,
    deflateStrategy: 0,
  });
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 */
async function save(path, bytes) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
