// @ts-check
// The one live connection of this tab, and its coming back: authenticate, leave a line that heartbeat.js found dead, wait
// with jitter, connect again. What the events mean is for state/; here they are only read.

import { backoff } from "../lib/clock.js";
import { Emitter } from "../lib/emitter.js";
import { Failure } from "../lib/failure.js";
import { answerTo, TOO_BIG } from "./close.js";
import { Heartbeat } from "./heartbeat.js";
import { readEvent } from "./wire.js";

/**
 * @typedef {import("../lib/clock.js").Clock} Clock
 * @typedef {import("./wire.js").ClientEvent} ClientEvent
 * @typedef {import("./wire.js").ServerEvent} ServerEvent
 * @typedef {import("../state/types.js").LinkView} LinkView
 *
 * @typedef {object} Network  What the device says about its network. A hint: it does not keep us from trying.
 * @property {boolean} online
 * @property {(topic: "change", listener: () => void) => () => void} on
 *
 * @typedef {object} Parts
 * @property {() => WebSocket} connect
 * @property {(wish: { other_than?: string }) => Promise<string>} token
 * @property {() => number | undefined} sum  The sum of all `have`, where it can be told.
 * @property {Network} network
 * @property {Clock} clock
 */

/** How long connecting may take, up to `ready`. */
const READY_WITHIN = 10_000;
/** A connection that lived this long was a good one: the next try is a first try. */
const GOOD_AFTER = 10_000;
/** WebSocket.OPEN; what is beyond takes nothing any more. */
const SOCKET_OPEN = 1;
/** The attempt that "come back slower" starts at: up to 16 s. */
const SLOWER = 4;

/**
 * Emits `state`, `event` (a ServerEvent), `too_big` (what was sent last is), and `stopped` with `expired`, `closed` or `replaced`.
 */
export class Link extends Emitter {
  #parts;
  #clock;
  /** @type {LinkView["state"]} */
  #state = "stopped";
  /** @type {WebSocket | null} */
  #socket = null;
  #token = "";
  #refused = "";
  #attempt = 0;
  #online_at = 0;
  /** @type {number | null} */
  #lost_at = null;
  /** @type {number | null} */
  #retry_at = null;
  /** @type {number | null} */
  #drained_until = null;
  /** Counts the tries, so that what an earlier one left behind is known to be late. */
  #turn = 0;
  #cancel = { retry: () => {}, ready: () => {}, drain: () => {} };
  #heartbeat;
  /** @type {() => void} */
  #off;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#heartbeat = new Heartbeat({
      clock: parts.clock,
      sum: parts.sum,
      say: (ping) => this.send(ping),
      silent: () => this.#lost(this.#turn, 0),
    });
    this.#off = parts.network.on("change", () => this.doubt());
  }

  /** @returns {LinkView} */
  get view() {
    const { online } = this.#parts.network;
    const waiting = this.#state === "waiting" || this.#state === "connecting";
    return {
      state: waiting && !online ? "offline" : this.#state,
      retry_at: this.#retry_at,
      lost_at: this.#lost_at,
      attempt: this.#attempt,
    };
  }

  get online() {
    return this.#state === "online";
  }

  start() {
    this.#lost_at ??= this.#clock.now();
    this.#connect();
  }

  /** For good. */
  stop() {
    this.#off();
    this.#leave();
    this.#set("stopped");
  }

  /** Somebody asked for it, or there is news of the network: does not wait for the next try. */
  retry() {
    if (this.#state === "waiting" || this.#state === "stopped") {
      this.#connect();
    }
  }

  /** There is a reason to doubt that the line still lives: the network changed, the machine slept, somebody looks again. */
  doubt() {
    this.later("state");
    if (this.#state === "waiting" && this.#parts.network.online) {
      this.#connect();
    } else if (this.#state === "online") {
      this.#heartbeat.doubt();
    }
  }

  /**
   * @param {ClientEvent} event
   * @returns {boolean} Whether it went out. That says nothing about arriving.
   */
  send(event) {
    // A socket that is closing says so before it tells of it.
    if (this.#state !== "online" || !this.#socket || this.#socket.readyState > SOCKET_OPEN) {
      return false;
    }
    this.#socket.send(JSON.stringify(event));
    return true;
  }

  /**
   * Prolongs the live connection.
   *
   * @param {string} token
   */
  renew(token) {
    this.#token = token;
    this.send({ event_type: "auth", token });
  }

  async #connect() {
    this.#leave();
    const turn = ++this.#turn;
    this.#set("connecting");
    try {
      this.#token = await this.#parts.token(this.#refused ? { other_than: this.#refused } : {});
    } catch (error) {
      return this.#without_token(turn, Failure.of(error));
    }
    if (turn !== this.#turn) {
      return;
    }
    this.#refused = "";
    const socket = this.#parts.connect();
    this.#socket = socket;
    this.#cancel.ready = this.#clock.after(() => this.#lost(turn, 0), READY_WITHIN);
    socket.onopen = () => socket.send(JSON.stringify({ event_type: "auth", token: this.#token }));
    socket.onmessage = ({ data }) => this.#heard(turn, data);
    socket.onclose = ({ code }) => this.#lost(turn, code);
  }

  /**
   * @param {number} turn
   * @param {Failure} failure
   */
  #without_token(turn, failure) {
    if (turn !== this.#turn) {
      return;
    }
    if (failure.code === "unauthorized") {
      this.#stopped("expired");
    } else {
      this.#wait(failure.retry_after_ms);
    }
  }

  /**
   * @param {number} turn
   * @param {unknown} text
   */
  #heard(turn, text) {
    if (turn !== this.#turn || typeof text !== "string") {
      return;
    }
    this.#heartbeat.heard();
    const event = readEvent(text);
    if (event?.event_type === "ready") {
      this.#ready(event.heartbeat_ms);
    } else if (event?.event_type === "drain") {
      this.#drain(turn, event.reconnect_in_ms);
    }
    if (event) {
      this.emit("event", event);
    }
  }

  /** @param {number} heartbeat_ms */
  #ready(heartbeat_ms) {
    this.#cancel.ready();
    this.#online_at = this.#clock.now();
    this.#lost_at = null;
    this.#heartbeat.start(heartbeat_ms);
    this.#set("online");
  }

  /**
   * The gateway goes. Leaving is spread over all its clients, so each keeps to the moment that it was given, and then
   * does not wait again.
   *
   * @param {number} turn
   * @param {number} ms
   */
  #drain(turn, ms) {
    this.#drained_until = this.#clock.now() + ms;
    this.#cancel.drain = this.#clock.after(() => this.#lost(turn, 1012), ms);
  }

  /**
   * The connection of that turn has ended, or is given up.
   *
   * @param {number} turn
   * @param {number} code
   */
  #lost(turn, code) {
    if (turn !== this.#turn || this.#state === "stopped") {
      return;
    }
    const now = this.#clock.now();
    if (this.#state === "online") {
      this.#lost_at = now;
      this.#attempt = now - this.#online_at >= GOOD_AFTER ? 0 : this.#attempt;
    }
    const drained_until = this.#drained_until;
    this.#leave();
    if (code === TOO_BIG) {
      this.emit("too_big");
    }
    const answer = answerTo(code);
    if (answer === "closed" || answer === "replaced") {
      return this.#stopped(answer);
    }
    if (answer === "token") {
      this.#refused = this.#token;
    }
    if (answer === "slower") {
      this.#attempt = Math.max(this.#attempt, SLOWER);
    }
    this.#wait(drained_until === null ? undefined : Math.max(0, drained_until - now));
  }

  /** @param {number} [at_least]  What the server asked for. */
  #wait(at_least) {
    const ms = at_least ?? backoff(this.#attempt, this.#clock);
    this.#attempt += 1;
    this.#retry_at = this.#clock.now() + ms;
    this.#cancel.retry = this.#clock.after(() => this.#connect(), ms);
    this.#set("waiting");
  }

  /** @param {"expired" | "closed" | "replaced"} why */
  #stopped(why) {
    this.#leave();
    this.#set("stopped");
    this.emit("stopped", why);
  }

  /** Lets the socket go and calls off everything that waits. The browser may take a minute to close it: not our minute. */
  #leave() {
    const socket = this.#socket;
    this.#turn += 1;
    this.#socket = null;
    this.#retry_at = null;
    this.#drained_until = null;
    this.#heartbeat.stop();
    for (const cancel of Object.values(this.#cancel)) {
      cancel();
    }
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
  }

  /** @param {LinkView["state"]} state */
  #set(state) {
    this.#state = state;
    this.emit("state", state);
  }
}
