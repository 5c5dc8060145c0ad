// @ts-check
// One REST call: JSON there, JSON back, and every way of failing as one `Failure`. Knows nothing of tokens.

import { Failure } from "../lib/failure.js";

/**
 * @typedef {object} Call
 * @property {Record<string, unknown>} [body]
 * @property {Record<string, string | number>} [query]
 * @property {string} [token]
 *
 * @typedef {(method: string, path: string, call?: Call) => Promise<any>} Rest
 */

/** How long an answer may take: log-ins wait for a password hash, and for their turn at it. */
const ANSWERS_WITHIN = 20_000;

/**
 * @param {{ ask: typeof fetch, base?: string }} parts  `ask` is the browser's `fetch`; `base` the server's address, for a
 *   page that did not come from it.
 * @returns {Rest}
 */
export function rest({ ask, base = "" }) {
  return async function call(method, path, { body, query, token } = {}) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (token) {
      headers.authorization = `Bearer ${token}`;
    }
    if (body) {
      headers["content-type"] = "application/json";
    }
    const search = query
      ? `?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}`
      : "";
    const request = {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERS_WITHIN),
    };
    /** @type {Response} */
    let response;
    /** @type {string} */
    let text;
    try {
      response = await ask(`${base}${path}${search}`, {
        ...request,
        credentials: "same-origin",
        cache: "no-store",
      });
      text = await response.text();
    } catch (error) {
      throw new Failure("network", { message: String(error) });
    }
    return read(response, text);
  };
}

/**
 * @param {Response} response
 * @param {string} text
 */
function read(response, text) {
  if (response.status === 204) {
    return null;
  }
  const json = parse(text);
  if (response.ok && json) {
    return json;
  }
  if (json?.error?.code) {
    throw new Failure(json.error.code, json.error);
  }
  // Something between us and the server answered in its own words: a proxy without a server behind it, a hotel's
  // log-in page. It says nothing about the request.
  throw new Failure("unavailable", { message: `HTTP ${response.status} without a JSON answer` });
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
