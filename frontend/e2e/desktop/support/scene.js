// A test with the app: one server, some people at their desks, a sentence that says what has to hold. All of it goes
// when it ends; what was on the screens of a failed one is kept in scratch/e2e-desktop.

import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Server } from "../../support/server.js";
import { User } from "./user.js";

/** A scene takes some seconds; this is for one that hangs. */
const LIMIT_MS = 180_000;
const SCRATCH = fileURLToPath(new URL("../../../../scratch/e2e-desktop/", import.meta.url));
/** Pictures of what went well too: a folder to look at. */
const PICTURES = process.env.PICTURES;

/**
 * @typedef {object} World
 * @property {Server} server
 * @property {(name: string, has?: { keyring?: boolean }) => Promise<User>} user  Somebody with the app, at its first start.
 * @property {(user: User, name: string) => Promise<void>} picture
 */

/** @param {string} sentence @param {(world: World) => Promise<void>} body */
export function scene(sentence, body) {
  test(sentence, { timeout: LIMIT_MS }, async () => {
    const server = await Server.started();
    /** @type {User[]} */
    const users = [];
    try {
      await body({
        server,
        user: async (name, has) => {
          const user = await User.atDesk(name, has);
          users.push(user);
          return user;
        },
        picture: async (user, name) => {
          if (PICTURES) {
            await user.isDrawn();
            await user.desk.picture(join(PICTURES, `${name}.png`));
          }
        },
      });
    } catch (error) {
      const folder = join(SCRATCH, sentence.replace(/[^a-z0-9]+/gi, "-").slice(0, 80));
      for (const user of users) {
        await user.keep(folder);
      }
      console.error(`what was seen last is in ${folder}`);
      throw error;
    } finally {
      for (const user of users) {
        await user.leaves();
      }
      await server.remove();
    }
  });
}
