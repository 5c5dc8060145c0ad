// `ws` with ioredis: a node publishes to Redis what comes in, and sends to its listeners what comes from there.
import Redis from "ioredis";
import { WebSocketServer } from "ws";
import { LISTEN, port, ROOM, redis } from "./asked.mjs";

const listeners = new Set();
const publisher = new Redis(redis);
const subscriber = new Redis(redis);
// As bytes: as a string it would be encoded anew for each listener.
subscriber.on("messageBuffer", (_channel, message) => {
  for (const listener of listeners) listener.send(message, { binary: false });
});
await subscriber.subscribe(ROOM);

// It listens when everything else is ready: whoever can connect is served.
const server = new WebSocketServer({ host: "127.0.0.1", port, perMessageDeflate: false });
server.on("connection", (socket, request) => {
  socket.on("error", console.error);
  if (request.url === LISTEN) {
    listeners.add(socket);
    socket.on("close", () => listeners.delete(socket));
  } else {
    socket.on("message", (message) => publisher.publish(ROOM, message));
  }
});
