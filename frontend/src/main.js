// @ts-check
// The composition root: the only place that knows net, state, view and platform at once.

import { systemClock } from "./lib/clock.js";
import { uuidV7 } from "./lib/uuid.js";
import { Link } from "./net/link.js";
import { rest } from "./net/rest.js";
import { Session } from "./net/session.js";
import { cookieTokens } from "./net/tokens.js";
import { Attention } from "./platform/attention.js";
import { Badge } from "./platform/badge.js";
import { composerStore, draftStore, thisBrowser } from "./platform/browser.js";
import { Build } from "./platform/build.js";
import { openCache } from "./platform/cache.js";
import { findShell } from "./platform/desktop/shell.js";
import { refuseDrops } from "./platform/drops.js";
import { Foremost } from "./platform/foremost.js";
import { DeviceNetwork, exclusively } from "./platform/network.js";
import { Notifications } from "./platform/notifications.js";
import { Place } from "./platform/place.js";
import { StoredPreferences } from "./platform/preferences.js";
import { Sound } from "./platform/sound.js";
import { Installing, startWorker } from "./platform/worker.js";
import { Account } from "./state/account.js";
import { Client } from "./state/client.js";
import { Composers } from "./state/composers.js";
import { mountApp } from "./view/app.js";

const clock = systemClock;
// In a browser the server is where the page came from; in the desktop app somebody chose it.
const shell = findShell();
const desktop = shell && new (await import("./platform/desktop/desktop.js")).Desktop(shell);
const desktopViews = shell && (await import("./view/desktop/views.js"));
const server = desktop ? (desktop.server ?? "") : "";
const scope = server && `@${server}`;
const tokens = desktop?.tokens ?? cookieTokens;
const call = rest({ ask: (url, request) => fetch(url, request), base: server });
const network = new DeviceNetwork();
const attention = new Attention();
// The desktop app is there to tell of news; a page asks before it does.
const preferences = new StoredPreferences({ notify: desktop !== null });
const place = new Place();
const build = new Build((url, request) => fetch(url, request));
const device = {
  notifications: desktop?.notifications ?? new Notifications(),
  // The desktop app has one window.
  foremost: new Foremost(attention),
  sound: new Sound(),
  badge: new Badge(),
  installing: desktop ? null : new Installing(),
  sections: desktopViews ? [desktopViews.desktopSection] : [],
};
const browser = thisBrowser((news) => account.heard(news), scope);

const account = new Account({
  rest: call,
  browser,
  tokens,
  session: () => new Session({ rest: call, clock, tokens, exclusive: exclusively }),
  client: (me, session) =>
    new Client({
      me,
      session,
      clock,
      cache: openCache(`${me.id}${scope}`),
      drafts: draftStore(me.id, scope),
      composers: new Composers({ clock, store: composerStore(me.id, scope) }),
      uuid: () => uuidV7(clock.now()),
      link: (sum) => new Link({ clock, network, sum, connect, token: (wish) => session.token(wish) }),
    }),
});

function connect() {
  return new WebSocket(new URL("/api/ws", (server || location.href).replace(/^http/, "ws")));
}

/** @type {Client | null} */
let joined = null;
account.on("change", () => {
  const { client } = account;
  if (client && client !== joined) {
    join(client);
  }
  joined = client;
  if (account.state === "out") {
    place.set(null);
  }
});

/** @param {Client} client */
function join(client) {
  let online = false;
  client.on("current", () => place.set(client.current));
  client.on("link", () => {
    if (client.link.state === "online" && !online && !desktop) {
      build.check();
    }
    online = client.link.state === "online";
  });
  if (place.key) {
    client.open(place.key);
  }
  openLink();
}

/** A link named a conversation. While nobody is logged in it waits. */
async function openLink() {
  const key = account.client && (await desktop?.takeLink());
  if (key) {
    account.client?.open(key);
  }
}

place.on("change", () => {
  if (place.key) {
    account.client?.open(place.key);
  } else {
    account.client?.close();
  }
});

attention.on("change", () => {
  if (attention.looking) {
    account.client?.lookedAt();
  }
});

addEventListener("pagehide", () => {
  account.client?.flush();
  if (account.client?.unsent) {
    browser.tell({ type: "left_drafts" });
  }
});

refuseDrops();
desktop?.on("link", openLink);
mountApp(document.body, { account, preferences, attention, build, device, desktop, desktopViews });
if (!desktop || desktop.server) {
  account.start();
}
startWorker();
