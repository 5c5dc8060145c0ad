// uWebSockets with ioredis: fan-out by its own publish, which is C++ and puts what belongs to one turn into one write.
import Redis from "ioredis";
import uWS from "uwebsockets";
import { LISTEN, port, ROOM, redis } from "./asked.mjs";

const publisher = new Redis(redis);
const subscriber = new Redis(redis);
await subscriber.subscribe(ROOM);

const behaviour = {
  // By default it silently drops what is for one who has 64 KiB before them; nothing may be lost here.
  maxBackpressure: 0,
  upgrade: (answer, request, context) => {
    const header = (name) => request.getHeader(`sec-websocket-${name}`);
    const listens = request.getUrl() === LISTEN;
    answer.upgrade({ listens }, header("key"), header("protocol"), header("extensions"), context);
  },
  open: (socket) => {
    if (socket.getUserData().listens) socket.subscribe(ROOM);
  },
  // Its bytes are only lent.
  message: (_socket, message) => publisher.publish(ROOM, Buffer.from(message.slice(0))),
};
const server = uWS.App().ws("/*", behaviour);
subscriber.on("messageBuffer", (_channel, message) => server.publish(ROOM, message, false));
server.listen("127.0.0.1", port, (taken) => {
  if (!taken) throw new Error(`port ${port} is taken`);
});
