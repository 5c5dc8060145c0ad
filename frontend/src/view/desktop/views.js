// @ts-check
// Everything that is seen in the desktop app only, in one place: main.js fetches it when the shell is there.

export { mountChooseServer } from "./choose-server.js";
export { openClosing } from "./closing.js";
export { mountNoKeyring } from "./no-keyring.js";
export { desktopSection } from "./section.js";
export { openServer } from "./server.js";
export { mountTray } from "./tray.js";
