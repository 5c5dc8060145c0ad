#!/usr/bin/env python3
"""Three people talk through the all-in-one, which is killed in the middle and started again.

    conversation.py [path of the im-tt binary]

It uses nothing but the documented API. At the end everybody must know the same messages, in the same order, once, and
nothing that was acked may be missing. Prints what happens; exits 1 with one sentence if anything is not as documented.
"""

import asyncio
import pathlib
import sys
import time
import traceback

from chat_client import Deviation, Person, Server, expect

BURST = 30  # messages that each person has under way when the server is killed


def tell(sentence):
    print(f"  {sentence}", flush=True)


def scene(title):
    print(f"\n{title}", flush=True)


async def accounts(server):
    scene("Three people register")
    people = [Person(server, name) for name in ("alice", "bob", "carol")]
    for person in people:
        await person.register()
        tell(f"{person.name} is user {person.id}")
    status, answer = await Person(server, "ALICE").call(
        "POST", "/api/auth/register", {"username": "ALICE", "email": "a@example.org", "password": "long enough"})
    expect(status == 409, f"a second alice, in capitals, was answered {status}: {answer}")
    tell("a second alice is refused: " + answer["error"]["code"])
    return people


async def one_to_one(alice, bob):
    scene("Alice and Bob, one to one")
    await alice.connect()
    await bob.connect(token_in_url=True)
    for speaker, listener, text in ((alice, bob, "你好, Bob 👋"), (bob, alice, "hi Alice <b>&amp;")):
        ack = await speaker.say_acked(text, receiver_id=listener.id)
        heard = await listener.hears(text)
        expect(heard["seq"] == ack["seq"], f"{listener.name} heard {text!r} with another seq than the ack's")
        tell(f"{speaker.name} → {listener.name}: {text}   (stored as {ack['seq']})")
    await alice.send(event_type="typing", receiver_id=bob.id)
    await bob.notices(event_type="typing", user_id=alice.id)
    tell("bob sees alice typing")
    await bob.send(event_type="read", conversation_id=ack["conversation_id"], seq=ack["seq"])
    await alice.notices(event_type="read", user_id=bob.id, seq=ack["seq"])
    tell(f"alice sees that bob has read up to {ack['seq']}")
    return ack["conversation_id"]


async def group(alice, bob, carol):
    scene("A group, with Carol, who is not connected yet")
    made = await alice.must(201, "POST", "/api/groups/create", {"name": "lunch", "description": "where to eat"})
    group_id = made["group"]["id"]
    status, _ = await carol.call("GET", f"/api/messages/list?group_id={group_id}")
    expect(status == 404, f"a stranger who reads a group was answered {status} instead of 404")
    for person in (bob, carol):
        await person.must(200, "POST", "/api/groups/join", {"group_id": group_id})
    tell(f"alice made group {group_id}; bob and carol joined")
    await alice.send(event_type="watch", user_ids=[bob.id, carol.id])
    await alice.notices(event_type="presence", user_id=bob.id, status="online")
    await alice.notices(event_type="presence", user_id=carol.id, status="offline")
    await carol.connect()
    await alice.notices(event_type="presence", user_id=carol.id, status="online")
    tell("alice sees carol come online")
    for person in (alice, bob, carol):
        ack = await person.say_acked(f"{person.name} is hungry", group_id=group_id)
        for other in (alice, bob, carol):
            await other.hears(f"{person.name} is hungry")
        tell(f"{person.name} → everybody: {person.name} is hungry   (stored as {ack['seq']})")
    return group_id, ack["conversation_id"]


async def history(bob, conversation, target):
    scene("What Bob finds in his history")
    page = await bob.must(200, "GET", f"/api/messages/list?{target}&limit=50")
    for entry in page["messages"]:
        tell(f"{entry['seq']:>3}  user {entry['sender_id']}  {entry['message_type']}: {entry['content']}")
    answer = await bob.must(200, "GET", "/api/conversations")
    listed = {row["last_seq"] for row in answer["conversations"]}
    expect(len(answer["conversations"]) == 2, f"bob has two conversations, and the list says {answer}")
    expect(page["through_seq"] in listed, f"the list of conversations ends elsewhere than history: {answer}")


async def kill(server, people, targets):
    scene(f"Each sends {BURST} messages, and the server is killed in the middle of them")
    said = []
    for person in people:
        person.acks.clear()
        # Written down before it is sent, as a client that loses nothing does.
        said.append([person.note(f"{person.name} {number}", **targets[person.name][number % len(targets[person.name])])
                     for number in range(BURST)])
    for events in zip(*(events[:BURST // 2] for events in said)):
        for person, event in zip(people, events):
            await person.send(**event)
    await people[0].until(lambda: len(people[0].acks) >= 5, "alice did not get her first acks")
    # From here to the kill nobody reads: what is acked is what the server was quick enough to ack.
    for events in zip(*(events[BURST // 2:] for events in said)):
        for person, event in zip(people, events):
            await person.send(**event)
    server.kill()
    code = await server.ended()
    for person in people:
        await person.cut_off()
    acked, pending = sum(len(p.acks) for p in people), sum(len(p.pending) for p in people)
    tell(f"kill -9 (exit {code}): {acked} acked, {pending} without an ack")
    expect(acked and pending, "the kill came too early or too late to prove anything")
    expect(acked + pending == BURST * len(people), "the client lost count of what it said")


async def restart(server, people):
    scene("It is started again on the same folder")
    begun, epoch = time.monotonic(), people[0].ready["epoch"]
    await server.start()
    tell(f"serves again after {time.monotonic() - begun:.2f} s at {server.address}")
    for person in people:
        await person.connect()
        expect(person.ready["epoch"] == epoch, "the epoch changed, although the database is the same")
        await person.say_pending_again()
        tell(f"{person.name} is back with the same token, and said everything again that had no ack")


async def compare(people, conversations):
    scene("Everybody catches up, and they compare")
    for conversation, (members, target_of) in conversations.items():
        for person in members:
            await person.catch_up(conversation, target_of(person))
            await person.read_again(conversation, target_of(person))
        logs = [person.conversations[conversation] for person in members]
        # Who joined later begins later; from there on all must be equal.
        begin = max(min(log) for log in logs)
        end = max(max(log) for log in logs)
        for person, log in zip(members, logs):
            expect(sorted(s for s in log if s >= begin) == list(range(begin, end + 1)),
                   f"{person.name} has a hole: {sorted(log)} is not all of {begin} to {end}")
            differing = [s for s in range(begin, end + 1) if log[s] != logs[0][s]]
            expect(not differing, f"{person.name} and {members[0].name} differ at {differing}")
        tell(f"conversation {conversation}: {end} entries, the same for {', '.join(p.name for p in members)}")
    for person in people:
        for number in range(BURST):
            text = f"{person.name} {number}"
            found = [e for log in person.conversations.values() for e in log.values() if e["content"] == text]
            expect(len(found) == 1, f"{text!r} is stored {len(found)} times instead of once")
        for said, ack in person.acks.items():
            kept = person.conversations[ack["conversation_id"]].get(ack["seq"], {})
            expect(kept.get("client_message_id") == said, f"an acked message is not where its ack said: {ack}")
    tell(f"all {BURST * len(people)} are there once, each where its ack said")


async def conversation(binary):
    server = Server(binary)
    begun = time.monotonic()
    try:
        await server.start()
        tell(f"{binary} serves {server.address} after {time.monotonic() - begun:.2f} s")
        alice, bob, carol = people = await accounts(server)
        direct_id = await one_to_one(alice, bob)
        group_id, lunch_id = await group(alice, bob, carol)
        await history(bob, lunch_id, f"group_id={group_id}")
        lunch = {"group_id": group_id}
        await kill(server, people, {
            "alice": [lunch, {"receiver_id": bob.id}], "bob": [lunch, {"receiver_id": alice.id}], "carol": [lunch]})
        await restart(server, people)
        peer = {alice: bob, bob: alice}
        await compare(people, {
            lunch_id: (people, lambda person: f"group_id={group_id}"),
            direct_id: ([alice, bob], lambda person: f"receiver_id={peer[person].id}")})
        scene("SIGTERM")
        code = await server.stop()
        expect(code == 0, f"the server ended with {code} instead of 0 after SIGTERM")
        tell("it drained and ended with 0")
    except Exception:
        print("\nThe server's last words:\n" + server.last_words(), file=sys.stderr)
        raise
    finally:
        if server.process and server.process.returncode is None:
            server.kill()
            await server.process.wait()


def find_binary():
    if len(sys.argv) > 1:
        return sys.argv[1]
    built = [pathlib.Path("target") / profile / "im-tt" for profile in ("release", "debug")]
    for path in built:
        if path.exists():
            return str(path)
    sys.exit("There is no im-tt binary: build it with `cargo build --release`, or name it as the argument.")


if __name__ == "__main__":
    try:
        asyncio.run(conversation(find_binary()))
    except Deviation as deviation:
        sys.exit(f"NOT AS DOCUMENTED: {deviation}")
    except Exception as error:
        traceback.print_exc()
        sys.exit(f"NOT AS DOCUMENTED: {type(error).__name__}: {error}")
    print("\nThe conversation holds.")
