"""A small client of IM-TT, written against docs/protocol.md alone, and the server as a process to start and to kill.

Person keeps the client's side of the promises: an id for each send, `have` for each conversation, catch-up by `after_seq`.
Python 3.9 or newer, and the `websockets` library, 10 or newer.
"""

import asyncio
import json
import os
import signal
import tempfile
import urllib.error
import urllib.request
import uuid

import websockets

LIMIT = 15  # seconds that anything may take
PASSWORD = "correct horse battery"
HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))
os.environ["no_proxy"] = "127.0.0.1"


class Deviation(Exception):
    """The server did not do what its documentation says."""


def expect(condition, sentence):
    if not condition:
        raise Deviation(sentence)


async def soon(awaitable, sentence):
    """Waits, but not for ever."""
    try:
        return await asyncio.wait_for(awaitable, LIMIT)
    except asyncio.TimeoutError:
        raise Deviation(f"{sentence} within {LIMIT} s") from None


class Server:
    """The all-in-one, on free ports, with its data in a folder of its own."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory(prefix="imtt-conversation-")
        self.log = tempfile.TemporaryFile("w+")
        self.process = self.address = None

    async def start(self):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        ports = {"LISTEN": "127.0.0.1:0", "INTERNAL_LISTEN": "127.0.0.1:0", "DATA_DIR": self.folder.name}
        self.process = await asyncio.create_subprocess_exec(
            self.binary, env={**kept, **ports},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=self.log)
        self.address = await soon(self._said_address(), "the server did not say where it serves")
        self._reading = asyncio.ensure_future(self._read_on())

    @property
    def sockets(self):
        """Where WebSockets are: in the all-in-one where everything is."""
        return self.address

    async def _said_address(self):
        async for line in self.process.stdout:
            self.log.write(line.decode(errors="replace"))
            _, found, rest = line.decode(errors="replace").partition("http://")
            if found:
                return "http://" + rest.split()[0].rstrip("/.,;)")
        raise Deviation("the server ended before it said where it serves")

    async def _read_on(self):
        async for line in self.process.stdout:
            self.log.write(line.decode(errors="replace"))

    def kill(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)

    async def ended(self):
        code = await soon(self.process.wait(), "the server did not end")
        await self._reading
        return code

    async def stop(self):
        self.process.terminate()
        return await self.ended()

    def last_words(self):
        self.log.seek(0)
        return "".join(self.log.readlines()[-30:])


class Person:
    """One user on one device."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.socket = self.ready = self._listening = None
        self.conversations = {}  # conversation id -> {seq: entry}
        self.have = {}           # conversation id -> everything readable up to this seq is here
        self.pending = {}        # client_message_id -> the event: said, and not acked yet
        self.acks = {}           # client_message_id -> ack
        self.signals = []        # presence, typing, read, error: whatever is no entry
        self._fault = None       # what was wrong with something that arrived
        self._news = asyncio.Event()

    # REST

    async def call(self, method, path, body=None):
        """One call; returns the status and the JSON."""
        return await asyncio.get_running_loop().run_in_executor(None, self._call, method, path, body)

    def _call(self, method, path, body):
        headers = {"Content-Type": "application/json"}
        if getattr(self, "token", None):
            headers["Authorization"] = f"Bearer {self.token}"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.address + path, content, headers, method=method)
        try:
            with HTTP.open(request, timeout=LIMIT) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or b"null")

    async def must(self, status, method, path, body=None):
        """A call that has to be answered with this status."""
        got, answer = await self.call(method, path, body)
        expect(got == status, f"{self.name}: {method} {path} answered {got} instead of {status}: {answer}")
        return answer

    async def register(self):
        body = {"username": self.name, "email": f"{self.name}@example.org", "password": PASSWORD}
        answer = await self.must(201, "POST", "/api/auth/register", body)
        self.token, self.id = answer["token"], answer["user"]["id"]

    # WebSocket

    async def connect(self, token_in_url=False):
        """Opens the WebSocket, hands the token in, and waits for `ready`."""
        url = self.server.sockets.replace("http://", "ws://") + "/api/ws"
        if token_in_url:
            url += f"?token={self.token}"
        self.socket = await soon(websockets.connect(url), f"{self.name} was not let in")
        if not token_in_url:
            await self.send(event_type="auth", token=self.token)
        self.ready = json.loads(await soon(self.socket.recv(), f"{self.name} did not get `ready`"))
        expect(self.ready["event_type"] == "ready", f"{self.name} got {self.ready} instead of `ready`")
        expect(self.ready["user_id"] == self.id, f"{self.name} is taken for somebody else: {self.ready}")
        self._listening = asyncio.ensure_future(self._listen())

    async def send(self, **event):
        await self.socket.send(json.dumps(event))

    def note(self, text, **target):
        """Writes down what is to be said, with its id; it stays until it is acked."""
        event = {"event_type": "message", "content": text, "client_message_id": str(uuid.uuid4()), **target}
        self.pending[event["client_message_id"]] = event
        return event

    async def say(self, text, **target):
        """Says something; the line may be cut while it does."""
        event = self.note(text, **target)
        await self.send(**event)
        return event["client_message_id"]

    async def say_acked(self, text, **target):
        said = await self.say(text, **target)
        await self.until(lambda: said in self.acks, f"{self.name} got no ack for {text!r}")
        return self.acks[said]

    async def say_pending_again(self):
        """Repeats what was not acked, in order, under the same ids."""
        for event in list(self.pending.values()):
            await self.send(**event)
        await self.until(lambda: not self.pending, f"{self.name} got no ack for what was said again")

    async def until(self, condition, sentence):
        """Waits until something that arrived makes the condition true."""
        async def wait():
            while not condition():
                if self._fault:
                    raise self._fault
                self._news.clear()
                await self._news.wait()
        await soon(wait(), sentence)

    async def hears(self, text):
        def found():
            return [e for log in self.conversations.values() for e in log.values() if e["content"] == text]
        await self.until(found, f"{self.name} did not hear {text!r}")
        return found()[0]

    async def notices(self, **fields):
        def found():
            return any(all(s.get(k) == v for k, v in fields.items()) for s in self.signals)
        await self.until(found, f"{self.name} did not get {fields}; the signals so far: {self.signals}")

    async def cut_off(self):
        """Waits until the line is dead, and everything that came before was read."""
        await soon(self._listening, f"{self.name} did not notice that the server was gone")

    async def _listen(self):
        try:
            async for text in self.socket:
                self._take(json.loads(text))
                self._news.set()
        except websockets.exceptions.ConnectionClosed:
            pass
        except Deviation as fault:
            self._fault = fault
            self._news.set()

    def _take(self, event):
        kind = event["event_type"]
        if kind == "message":
            self.place(event["conversation_id"], {**event, "id": event["message_id"], "sender_id": event["user_id"]})
        elif kind == "ack":
            self.pending.pop(event["client_message_id"], None)
            self.acks[event["client_message_id"]] = event
        elif kind != "pong":
            self.signals.append(event)

    # What they know

    def place(self, conversation, entry):
        """Puts an entry where it belongs. A repeat is dropped; another entry in its place is a fault."""
        kept = {k: entry.get(k) for k in ("id", "seq", "sender_id", "content", "message_type", "client_message_id")}
        known = self.conversations.setdefault(conversation, {}).setdefault(entry["seq"], kept)
        expect(known == kept, f"{self.name} got two entries with seq {entry['seq']}: {known} and {kept}")
        while self.have.get(conversation, 0) + 1 in self.conversations[conversation]:
            self.have[conversation] = self.have.get(conversation, 0) + 1

    async def pages(self, target, after):
        """History beyond `after`, page by page."""
        while True:
            page = await self.must(200, "GET", f"/api/messages/list?{target}&after_seq={after}&limit=20")
            expect(page["epoch"] == self.ready["epoch"], "history has another epoch than `ready`")
            yield page
            if not page["has_more"]:
                return
            expect(page["through_seq"] > after, f"the page after {after} promises more and brings nothing")
            after = page["through_seq"]

    async def catch_up(self, conversation, target):
        """Fetches what is beyond `have`."""
        async for page in self.pages(target, self.have.get(conversation, 0)):
            for entry in page["messages"]:
                self.place(conversation, entry)
            self.have[conversation] = max(self.have.get(conversation, 0), page["through_seq"])

    async def read_again(self, conversation, target):
        """Reads all of history once more: it must be what is known already, in ascending order."""
        seqs = []
        async for page in self.pages(target, 0):
            for entry in page["messages"]:
                self.place(conversation, entry)
                seqs.append(entry["seq"])
        known = sorted(self.conversations[conversation])
        expect(seqs == known, f"history gives {self.name} {seqs}, and what arrived before was {known}")
