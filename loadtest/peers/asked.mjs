// What every one of these programs is asked for: node FILE --port N --redis URL.
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { port: { type: "string" }, redis: { type: "string" } } });
if (!values.port || !values.redis) throw new Error("--port N --redis URL");

export const port = Number(values.port);
export const redis = values.redis;
export const ROOM = "room";
/** Who asks for this path listens; everybody else publishes. */
export const LISTEN = "/listen";
