// @ts-check
// Who of a group's members is more than a member: said beside their name.

/** @typedef {import("../context.js").Member} Member */

/**
 * @typedef {object} Roles
 * @property {boolean} group  Whether it is a group at all.
 * @property {(user_id: number) => "owner" | "admin" | null} of
 */

/**
 * @param {import("../context.js").ClientPage} page
 * @param {import("../context.js").Key} key
 * @returns {Roles}
 */
export function createRoles({ client }, key) {
  const group = key.startsWith("g:");
  const id = Number(key.slice(2));
  /** Of which members it was made. @type {Member[] | null} */
  let made = null;
  /** @type {Map<number, "owner" | "admin">} */
  let roles = new Map();
  return {
    group,
    of(user_id) {
      const { members } = group ? client.groups.members(id) : { members: [] };
      if (members !== made) {
        made = members;
        roles = new Map(members.flatMap(({ user, role }) => (role === "member" ? [] : [[user.id, role]])));
      }
      return roles.get(user_id) ?? null;
    },
  };
}
