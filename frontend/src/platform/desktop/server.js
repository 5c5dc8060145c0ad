// @ts-check
// Which server the desktop app talks to: what may be typed as its address, and why one cannot be used.

import { Failure } from "../../lib/failure.js";
import { readJson, writeJson } from "../storage.js";

/** @typedef {"address" | "insecure" | "dns" | "refused" | "silent" | "tls" | "other" | "old"} Trouble */

const NAME = "imtt.server";
/** The oldest protocol that this client speaks. */
const PROTOCOL = 1;
const ANSWERS_WITHIN = 10_000;
/** Names of this machine: what goes there is seen by nobody else, so it needs no TLS. */
const HERE = /^(localhost|127\.0\.0\.1)$/;

/** @returns {string | null} Its origin; null before somebody has chosen one. */
export function chosenServer() {
  const known = readJson(NAME);
  try {
    return typeof known === "string" ? readAddress(known) : null;
  } catch {
    return null;
  }
}

/** @param {string} server */
export function chooseServer(server) {
  writeJson(NAME, server);
}

/**
 * What somebody typed, as an origin: `chat.example.org`, with or without `https://` and a path behind it.
 *
 * @param {string} typed
 * @returns {string}
 * @throws {Failure} `server_address`, `server_insecure`
 */
export function readAddress(typed) {
  const text = typed.trim();
  const named = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  const url = parse(named ? text : `https://${text}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /\s/.test(text)) {
    throw trouble("address");
  }
  const here = HERE.test(url.hostname);
  if (here && !named) {
    url.protocol = "http:";
    // The port that plain http would leave out is the one that was typed for it.
    return parse(`http://${text}`)?.origin ?? url.origin;
  }
  if (url.protocol === "http:" && !here) {
    throw trouble("insecure");
  }
  return url.origin;
}

/** @param {string} text */
function parse(text) {
  try {
    const url = new URL(text);
    return url.hostname ? url : null;
  } catch {
    return null;
  }
}

/**
 * Whether an IM-TT server that speaks with this client answers there.
 *
 * @param {string} server  An origin.
 * @param {{ ask: typeof fetch, reach: (host: string, port: number) => Promise<string> }} parts
 * @throws {Failure} `server_` with the Trouble.
 */
export async function checkServer(server, { ask, reach }) {
  const about = `${server}/api/about`;
  /** @type {Response} */
  let response;
  try {
    response = await ask(about, asked("cors"));
  } catch {
    throw trouble(await whyNot(server, about, { ask, reach }));
  }
  const said = await response.json().catch(() => null);
  if (said?.product === "im-tt") {
    if (Number(said.protocol) >= PROTOCOL) {
      return;
    }
    throw trouble("old");
  }
  // One from before there was this question answers it like any other that it does not know.
  throw trouble(said?.error?.code === "not_found" ? "old" : "other");
}

/**
 * A page hears only that it failed. Somebody who answers without letting us read it is no server of ours; who lets
 * nobody in although somebody listens has no certificate that holds.
 *
 * @param {string} server
 * @param {string} about
 * @param {{ ask: typeof fetch, reach: (host: string, port: number) => Promise<string> }} parts
 * @returns {Promise<Trouble>}
 */
async function whyNot(server, about, { ask, reach }) {
  try {
    await ask(about, asked("no-cors"));
    return "other";
  } catch {
    const { hostname, port, protocol } = new URL(server);
    const found = await reach(
      hostname.replace(/^\[|\]$/g, ""),
      Number(port) || (protocol === "https:" ? 443 : 80),
    );
    if (found !== "open") {
      return /** @type {Trouble} */ (found);
    }
    return protocol === "https:" ? "tls" : "other";
  }
}

/** @param {RequestMode} mode @returns {RequestInit} */
function asked(mode) {
  return { mode, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(ANSWERS_WITHIN) };
}

/** @param {Trouble} why */
function trouble(why) {
  return new Failure(`server_${why}`);
}
