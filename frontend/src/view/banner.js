// @ts-check
// How the connection is, while it is not well: since when, when the next try comes, and a button that tries now. What
// lasts less than a second is not worth a word.

import { h, Lifetime, setText } from "../lib/dom.js";
import { icon } from "./parts/icon.js";

/** @typedef {import("./context.js").ClientPage} ClientPage */
/** @typedef {import("./context.js").LinkView} LinkView */

const PATIENCE = 1000;

/** @param {ClientPage} page */
export function mountBanner(page) {
  const { client, calendar, t } = page;
  const life = new Lifetime();
  const title = h("span", { class: "banner__title" });
  // Counts down each second: read out once a second it would silence everything else.
  const detail = h("span", { class: "banner__detail", "aria-hidden": "true" });
  const retry = h(
    "button",
    { type: "button", class: "button banner__retry", "data-kind": "small" },
    t("banner.retry"),
  );
  const words = h("div", { class: "banner__words", role: "status" }, title, detail);
  // Never out of the page: a live region that comes with its text is not read out.
  const node = h("div", { class: "banner hidden" }, icon("offline"), words, retry);
  /** When this view saw that it was not well, for links that do not say since when. @type {number | null} */
  let noticed = null;
  /** @type {(() => void) | null} */
  let cancelTick = null;

  function update() {
    const { link } = client;
    cancelTick?.();
    cancelTick = null;
    if (link.state === "online") {
      noticed = null;
    } else {
      noticed ??= calendar.now();
    }
    const since = link.lost_at ?? noticed ?? 0;
    const shown = link.state !== "online" && calendar.now() - since >= PATIENCE;
    node.classList.toggle("hidden", !shown);
    node.dataset.state = link.state;
    retry.hidden = !shown || link.state === "connecting";
    setText(title, shown ? titleOf(page, link, since) : "");
    setText(detail, shown ? detailOf(page, link) : "");
    if (link.state !== "online") {
      cancelTick = life.after(shown ? 1000 : Math.max(50, PATIENCE - (calendar.now() - since)), update);
    }
  }

  life.listen(retry, "click", () => client.retryNow());
  life.add(client.on("link", update));
  update();
  return { node, destroy: () => life.end() };
}

/**
 * @param {ClientPage} page
 * @param {LinkView} link
 * @param {number} since
 */
function titleOf({ t, calendar }, link, since) {
  if (link.state === "stopped") {
    return t("banner.stopped");
  }
  if (link.state !== "connecting") {
    return t("banner.offline", { time: calendar.time(since) });
  }
  return t(link.attempt > 0 || link.lost_at !== null ? "banner.reconnecting" : "banner.connecting");
}

/**
 * @param {ClientPage} page
 * @param {LinkView} link
 */
function detailOf({ t, calendar }, link) {
  if (link.state === "stopped") {
    return t("banner.stopped_hint");
  }
  if (link.state === "offline") {
    return t("banner.offline_hint");
  }
  if (link.state !== "waiting" || link.retry_at === null) {
    return "";
  }
  return t("banner.reconnecting_in", {
    count: Math.max(1, Math.ceil((link.retry_at - calendar.now()) / 1000)),
  });
}
