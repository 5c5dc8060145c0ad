// @ts-check
// The system's notifications, as far as this browser and this page have them. One a conversation: a newer one takes the
// place of the older.

import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {"granted" | "denied" | "default" | "insecure" | "missing"} Permission  `default`: nobody was asked yet.
 *   `insecure`: browsers have them only for pages that came by https or from this machine.
 *
 * @typedef {object} News
 * @property {string} tag  Of a conversation.
 * @property {string} title
 * @property {string} body
 * @property {Portrayed} [face]  Of whom it comes; left out: the app's.
 *
 * @typedef {{ seed: string, name: string, avatar?: string }} Portrayed  As lists show it.
 */

const ICON = new URL("../icons/192.png", import.meta.url).href;

/** Emits `change` with nothing when the permission did, and `open` with a tag when somebody chose a notification. */
export class Notifications extends Emitter {
  /** @type {Map<string, Notification>} */
  #shown = new Map();
  /** What is still drawn: it may be read before that is done. @type {Map<string, News>} */
  #drawn = new Map();

  constructor() {
    super();
    this.#follow();
    // Shown by the worker, a notification is pressed there.
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
      if (data?.type === "open" && data.key) {
        this.emit("open", data.key);
      }
    });
  }

  /** @returns {Permission} */
  get permission() {
    if (!globalThis.isSecureContext) {
      return "insecure";
    }
    return "Notification" in globalThis ? Notification.permission : "missing";
  }

  /** Asks; browsers want that somebody has just pressed something. */
  async ask() {
    if (this.permission === "default") {
      await Notification.requestPermission();
      this.emit("change");
    }
    return this.permission;
  }

  /** @param {News} news */
  async show(news) {
    const { tag, title, body, face } = news;
    if (this.permission !== "granted") {
      return;
    }
    this.#drawn.set(tag, news);
    const icon = (face && (await pictureOf(face))) ?? ICON;
    if (this.#drawn.get(tag) !== news) {
      return;
    }
    this.#drawn.delete(tag);
    const options = { tag, body, icon, data: { key: tag } };
    try {
      this.#hold(tag, new Notification(title, options));
    } catch {
      // Phones let only a worker show them.
      const registration = await navigator.serviceWorker?.getRegistration();
      await registration?.showNotification(title, options).catch(() => {});
    }
  }

  /** It was read. @param {string} tag */
  async close(tag) {
    this.#drawn.delete(tag);
    this.#shown.get(tag)?.close();
    this.#shown.delete(tag);
  }

  /**
   * @param {string} tag
   * @param {Notification} notification
   */
  #hold(tag, notification) {
    this.#shown.set(tag, notification);
    notification.onclick = () => {
      globalThis.focus();
      notification.close();
      this.emit("open", tag);
    };
    notification.onclose = () => {
      if (this.#shown.get(tag) === notification) {
        this.#shown.delete(tag);
      }
    };
  }

  /** The permission can be taken back in the browser's own settings while the page is open. */
  async #follow() {
    try {
      const status = await navigator.permissions.query({ name: "notifications" });
      status.onchange = () => this.emit("change");
    } catch {
      // This browser does not tell; the settings ask whenever they are opened.
    }
  }
}

/**
 * A face as a picture; null where it cannot be drawn, or not be fetched how.
 *
 * @param {Portrayed} face
 */
export async function pictureOf(face) {
  try {
    const { portraitOf } = await import("./portrait.js");
    return await portraitOf(face);
  } catch (error) {
    console.warn(`portrait: ${error}`);
    return null;
  }
}
