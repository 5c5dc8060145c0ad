// @ts-check
// Keeps the page and the files of its own build, so that the client opens when nothing answers. Nothing else is kept,
// and never an answer of the API: what people wrote is the cache's, in IndexedDB. The server serves this file at the top
// and leads the one relative address in it to its build, so each build has a worker of its own.
//
// Builds cannot mix: the page comes from the network while there is one, and its files say in their address which
// build they are of; what is kept was checked to be one build's, all of it or nothing.

const OWN = "./";
const KEPT = `im-tt-shell ${OWN}`;
/** A network that says nothing for so long is none. */
const PATIENCE = 4000;

const worker = /** @type {any} */ (globalThis);

worker.addEventListener("install", (/** @type {any} */ event) => {
  worker.skipWaiting();
  event.waitUntil(keep());
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOthers().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) {
    return;
  }
  if (request.mode === "navigate" && pathname === "/") {
    event.respondWith(page(request));
  } else if (pathname.startsWith(OWN)) {
    event.respondWith(file(request));
  }
});

/** A message of a notification that this worker shows (where pages may not): the conversation opens, in a page that is
 *  there or in a new one. */
worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.key));
});

/** While a rollout is under way the page may be another build's: then this one is not kept, and tried again later. */
async function keep() {
  const answer = await fetch("/", { cache: "no-store" });
  const text = await answer.clone().text();
  if (!answer.ok || !text.includes(`"${OWN}main.js"`)) {
    throw new Error("the page is of another build");
  }
  const files = new Set(text.split('"').filter((part) => part.startsWith(OWN)));
  const kept = await caches.open(KEPT);
  await kept.addAll([...files]);
  await kept.put("/", answer);
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith("im-tt-shell ") && name !== KEPT) {
      await caches.delete(name);
    }
  }
}

/** @param {Request} request */
async function page(request) {
  const kept = () => caches.match("/", { cacheName: KEPT, ignoreVary: true });
  const ask = fetch(request).catch(() => null);
  const answer = await Promise.race([ask, after(PATIENCE)]);
  if (answer && answer.status < 500) {
    return answer;
  }
  return (await kept()) ?? answer ?? (await ask) ?? Response.error();
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request, { cacheName: KEPT, ignoreVary: true })) ?? fetch(request);
}

/** @param {number} ms @returns {Promise<null>} */
function after(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

/** @param {string | undefined} key */
async function show(key) {
  const [open] = await worker.clients.matchAll({ type: "window" });
  if (!open) {
    return worker.clients.openWindow(key ? `/#${key}` : "/");
  }
  await open.focus();
  open.postMessage({ type: "open", key });
}
