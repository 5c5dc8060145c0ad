// Somebody's desk: a screen, a window manager, a session bus with nothing on it but what is put there, a folder for a
// home. Two of them know nothing of each other, as two computers do.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.js";
import { freePort } from "../../support/ports.js";

/** No folder with services: nothing starts on this bus by itself, so that a test says what there is. */
const BUS = (/** @type {string} */ folder) => `<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=${folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`;

const WINDOWS = `<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
</openbox_config>`;

const NOTICES = `[global]
  mouse_left_click = do_action
  offset = 20x20
  width = 300
  font = Sans 10
[urgency_normal]
  timeout = 0
`;

export class Desk {
  /** @type {import("node:child_process").ChildProcess[]} */
  #processes = [];
  /** @type {Record<string, string>} */
  environment = {};
  folder = "";
  driver = "";
  #heard = "";
  #log = "";

  /** @param {{ keyring: boolean }} has */
  static async set({ keyring }) {
    const desk = new Desk();
    // Whatever ends the test ends its desk.
    process.once("exit", desk.#end);
    try {
      await desk.#set(keyring);
      return desk;
    } catch (error) {
      await desk.clear();
      throw error;
    }
  }

  /** Everything that its programs said. */
  get log() {
    return this.#log;
  }

  /** @param {boolean} keyring */
  async #set(keyring) {
    this.folder = await mkdtemp(join(tmpdir(), "imtt-desk-"));
    const at = (/** @type {string} */ name) => join(this.folder, name);
    for (const name of ["run", "bin", ".config/openbox"]) {
      await mkdir(at(name), { recursive: true, mode: 0o700 });
    }
    await writeFile(at("bus.conf"), BUS(at("run")));
    await writeFile(at(".config/openbox/rc.xml"), WINDOWS);
    await writeFile(at("dunstrc"), NOTICES);
    // The system's browser: it writes down what it was asked to open.
    await writeFile(at("bin/xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$1" >>'${at("opened")}'\n`, {
      mode: 0o755,
    });
    await writeFile(at("opened"), "");
    this.environment = {
      PATH: `${at("bin")}:${process.env.PATH}`,
      HOME: this.folder,
      LANG: "C.UTF-8",
      XDG_RUNTIME_DIR: at("run"),
      XDG_CONFIG_HOME: at(".config"),
      XDG_DATA_HOME: at("share"),
      XDG_CACHE_HOME: at("cache"),
      NO_AT_BRIDGE: "1",
      GTK_A11Y: "none",
      GDK_BACKEND: "x11",
      LIBGL_ALWAYS_SOFTWARE: "1",
      // What the driver needs to see into the page.
      TAURI_AUTOMATION: "true",
      TAURI_WEBVIEW_AUTOMATION: "true",
    };
    const screen = ["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp"];
    this.environment.DISPLAY = `:${await this.#says("Xvfb", screen)}`;
    const bus = ["--nofork", "--print-address=1", `--config-file=${at("bus.conf")}`];
    this.environment.DBUS_SESSION_BUS_ADDRESS = await this.#says("dbus-daemon", bus);
    this.start("openbox", ["--config-file", at(".config/openbox/rc.xml")]);
    this.start("dunst", ["-config", at("dunstrc")]);
    this.#listen();
    if (keyring) {
      await this.#unlockKeyring();
    }
    await this.#owned("org.freedesktop.Notifications");
    const port = await freePort();
    this.start("WebKitWebDriver", ["--host=127.0.0.1", `--port=${port}`]);
    this.driver = `http://127.0.0.1:${port}`;
    await eventually("the driver answers", () =>
      fetch(`${this.driver}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  async #unlockKeyring() {
    const daemon = this.start("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"]);
    daemon.stdin?.end("a password\n");
    await this.#owned("org.freedesktop.secrets");
  }

  /** What is shown as a notification, and what one app says to another, read from the bus. */
  #listen() {
    const monitor = this.start("dbus-monitor", [
      "--session",
      "interface=org.freedesktop.Notifications,member=Notify",
      "interface=org.SingleInstance.DBus",
    ]);
    monitor.stdout?.on("data", (bytes) => {
      this.#heard += bytes;
    });
  }

  /** The icon, title and text of every notification so far, the last one last. */
  get notices() {
    return this.#heard
      .split(/member=Notify\n/)
      .slice(1)
      .map((call) => [...call.matchAll(/^ {3}string "(.*)"$/gm)].map(([, text]) => String(text)))
      .filter((strings) => strings.length >= 4)
      .map(([, icon = "", title, text]) => ({ icon, title, text }));
  }

  /** Whether an app was asked to show its window in the place of another one. */
  get isAskedToShow() {
    return this.#heard.includes("member=ExecuteCallback");
  }

  /** What the system's browser was asked to open. */
  async opened() {
    return (await readFile(join(this.folder, "opened"), "utf8")).split("\n").filter(Boolean);
  }

  /** Presses the newest notification, with the mouse. */
  async pressNotice() {
    await this.showsNotice();
    const [x, y] = [1280 - 20 - 150, 20 + 20];
    await this.does("xdotool", ["mousemove", `${x}`, `${y}`, "click", "1"]);
  }

  /** One is on the screen. */
  async showsNotice() {
    await eventually("a notification is on the screen", async () => {
      const { said } = await this.does("xdotool", ["search", "--onlyvisible", "--class", "dunst"], false);
      return said.trim() !== "";
    });
  }

  /** In the app's window. @param {string} keys  As xdotool names them. */
  async press(keys) {
    await this.does("xdotool", ["search", "--onlyvisible", "--name", "IM-TT", "windowactivate", "--sync"]);
    // Not in one go: what is sent to a window, instead of pressed, programs pass over.
    await this.does("xdotool", ["key", "--clearmodifiers", keys]);
  }

  /** Windows of that name that are on the screen. @param {string} name */
  async windows(name) {
    const { said } = await this.does("xdotool", ["search", "--onlyvisible", "--name", name], false);
    return said.split("\n").filter(Boolean);
  }

  /** Whether it asks to be looked at: taskbars flash then. @param {string} window */
  async isUrgent(window) {
    return (await this.does("xprop", ["-id", window, "WM_HINTS"])).said.includes("urgency");
  }

  /** A window with its frame, into a file. @param {string} name @param {string} file */
  async windowPicture(name, file) {
    const [window] = await this.windows(name);
    await this.does("import", ["-frame", "-window", String(window), file]);
  }

  /** The whole screen, into a file. @param {string} file */
  async picture(file) {
    await this.does("import", ["-window", "root", file]);
  }

  /**
   * Runs something to its end.
   *
   * @param {string} program @param {string[]} args
   * @param {boolean} must  Whether it has to end well.
   */
  async does(program, args, must = true) {
    const child = spawn(program, args, { env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (bytes) => {
      said += bytes;
    });
    child.stderr.on("data", (bytes) => {
      this.#log += bytes;
    });
    const [code] = await once(child, "close");
    if (must && code !== 0) {
      throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${this.#log}`);
    }
    return { code, said };
  }

  /** Whether somebody on the bus has that name. @param {string} name */
  async has(name) {
    const call = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"];
    const question = [...call, "org.freedesktop.DBus.NameHasOwner", `string:${name}`];
    return (await this.does("dbus-send", question, false)).said.includes("boolean true");
  }

  /** @param {string} name */
  async #owned(name) {
    await eventually(`${name} is there`, () => this.has(name));
  }

  /** Runs until the desk is cleared. @param {string} program @param {string[]} args */
  start(program, args) {
    const child = spawn(program, args, { env: this.environment, stdio: ["pipe", "pipe", "pipe"] });
    this.#processes.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes) => {
        this.#log += `${program}: ${bytes}`;
      });
    }
    return child;
  }

  /** The first line that a program says. @param {string} program @param {string[]} args */
  async #says(program, args) {
    const child = this.start(program, args);
    let said = "";
    child.stdout.on("data", (bytes) => {
      said += bytes;
    });
    await eventually(`${program} says where it is`, () => said.includes("\n"), {
      found: async () => this.#log,
    });
    return String(said.split("\n")[0]).trim();
  }

  #end = () => {
    for (const child of this.#processes) {
      child.kill("SIGKILL");
    }
  };

  async clear() {
    const running = this.#processes.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = running.map((child) => once(child, "exit"));
    this.#end();
    process.off("exit", this.#end);
    await Promise.all(ended);
    await rm(this.folder, { recursive: true, force: true });
  }
}
