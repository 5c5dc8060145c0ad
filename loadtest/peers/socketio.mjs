// Socket.IO with its Redis adapter, WebSockets only: a room, and what is emitted to it.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import Redis from "ioredis";
import { Server } from "socket.io";
import { port, ROOM, redis } from "./asked.mjs";

const publisher = new Redis(redis);
const subscriber = new Redis(redis);
const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber),
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
});
io.on("connection", (socket) => {
  socket.join(ROOM);
  // To everybody in the room but its sender, on this node and by Redis on the others.
  socket.on("message", (message) => socket.to(ROOM).emit("message", message));
});
// The adapter subscribes and does not say when it has; what is asked on the same connection is answered after that.
await subscriber.ping();
http.listen(port, "127.0.0.1");
