#!/usr/bin/env python3
"""A drill: a system under load is backed up, lost, restored elsewhere, and what came of it is compared with what was acked.

    drill.py mysql|sqlite [folder of the binaries]

It backs up and restores with backup.sh and restore.sh, and nothing else. What was acked before the backup began must be
there, each at its place, once, without a gap; what was acked later and is gone is counted and told; what was not acked is said
again and stored. Exits 1 with one sentence otherwise. With METRICS_DIR it notes the result for Prometheus.
"""

import asyncio
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

from chat_client import Deviation, Person, expect
from drill_systems import SYSTEMS

PEOPLE = 6
BEFORE, AFTER = 120, 60  # so many acks before the backup begins, and after it has ended


def tell(sentence):
    print(f"  {sentence}", flush=True)


class Talker(Person):
    """Somebody who says one thing after the other, and remembers when each was acked."""

    def __init__(self, server, name):
        super().__init__(server, name)
        self.acked = []  # (when, the event, the ack)
        self.silent = False

    async def talk(self, targets):
        number = 0
        # Not by cancelling: before Python 3.12 wait_for may swallow that.
        while not self.silent:
            number += 1
            event = self.note(f"{self.name} says {number}", **targets[number % len(targets)])
            said = event["client_message_id"]
            await self.send(**event)
            await self.until(lambda: said in self.acks, f"{self.name} got no ack")
            self.acked.append((time.monotonic(), event, self.acks[said]))

    def forget(self):
        """Another epoch: what was cached is worth nothing, what was not acked stays."""
        self.conversations, self.have, self.acks = {}, {}, {}


def count(people):
    return sum(len(person.acked) for person in people)


async def until_acked(people, talking, number):
    while count(people) < number:
        done, _ = await asyncio.wait(talking, timeout=0.02, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def gather(system):
    people = [Talker(system, name) for name in ("alice", "bob", "carol", "dave", "erin", "frank")[:PEOPLE]]
    for person in people:
        await person.register()
    made = await people[0].must(201, "POST", "/api/groups/create", {"name": "drill", "description": ""})
    group = made["group"]["id"]
    for person in people[1:]:
        await person.must(200, "POST", "/api/groups/join", {"group_id": group})
    for person in people:
        await person.connect()
    return people, group


async def lose(system, people, group, backup):
    """Load, a backup in the middle of it, more load, and the end of everything. Gives the moments of the backup."""
    talking = []
    for nth, person in enumerate(people):
        peer = people[nth ^ 1]
        targets = [{"group_id": group}, {"receiver_id": peer.id}]
        talking.append(asyncio.ensure_future(person.talk(targets)))
    await until_acked(people, talking, BEFORE)
    begun, acks = time.monotonic(), count(people)
    await system.back_up(backup)
    ended, meanwhile = time.monotonic(), count(people) - acks
    await until_acked(people, talking, count(people) + AFTER)
    for person in people:
        person.silent = True
    await asyncio.gather(*talking)
    for person in people:
        person.note(f"{person.name} had no line for this", group_id=group)
    await system.lose()
    for person in people:
        await person.cut_off()
    tell(f"backed up in {ended - begun:.2f} s, while {meanwhile} messages were acked; then all of it was lost")
    expect(meanwhile, "nothing was written during the backup, which then shows nothing")
    return begun


async def return_to(people, epoch):
    for person in people:
        person.forget()
        await person.connect()
        expect(person.ready["epoch"] != epoch, "the epoch is the same, so clients keep what is no longer there")
        unsaid = list(person.pending)
        expect(unsaid, "nothing was pending, so its repeat shows nothing")
        await person.say_pending_again()
        for said in unsaid:
            expect(said in person.acks, f"{person.name} has no ack for what was said again")



async def read_all(people):
    """Everybody reads all that is theirs; gives the logs by conversation, which are the same for all who have them."""
    logs, since = {}, {}
    for person in people:
        listed = (await person.must(200, "GET", "/api/conversations"))["conversations"]
        for row in listed:
            group = row["group"]
            target = f"group_id={group['id']}" if group else f"receiver_id={row['peer']['id']}"
            await person.catch_up(row["id"], target)
            await person.read_again(row["id"], target)
            mine = person.conversations[row["id"]]
            first, last = min(mine), row["last_seq"]
            expect(sorted(mine) == list(range(first, last + 1)), f"conversation {row['id']} has a gap for {person.name}")
            log = logs.setdefault(row["id"], {})
            for seq, entry in mine.items():
                expect(log.setdefault(seq, entry) == entry, f"{person.name} has another entry {seq} than others")
            since[row["id"]] = min(first, since.get(row["id"], first))
    for conversation, first in since.items():
        expect(first == 1, f"conversation {conversation} begins with {first}")
    return logs


def compare(people, logs, begun):
    places = {}
    for conversation, log in logs.items():
        for entry in log.values():
            cmid = entry["client_message_id"]
            expect(cmid not in places, f"{cmid} is stored twice")
            places[cmid] = (conversation, entry)
    kept = gone = 0
    for person in people:
        lost = {}
        for when, event, ack in person.acked:
            cmid, conversation = event["client_message_id"], ack["conversation_id"]
            if cmid not in places:
                expect(when >= begun, f"an entry is gone that was acked {begun - when:.2f} s before the backup: {ack}")
                gone += 1
                lost[conversation] = True
                continue
            expect(conversation not in lost, f"an earlier entry is gone, and a later one is not: {ack}")
            where, entry = places[cmid]
            same = (where, entry["seq"], entry["id"], entry["content"], entry["sender_id"])
            wanted = (conversation, ack["seq"], ack["message_id"], event["content"], person.id)
            expect(same == wanted, f"acked as {wanted}, and is {same}")
            kept += 1
        for said in person.acks:
            expect(said in places, f"{said} was acked after the restore, and is not there")
    expect(gone, "nothing was acked after the backup, so that a loss is told shows nothing")
    return kept, gone


async def drill(engine, binaries):
    with tempfile.TemporaryDirectory(prefix="imtt-drill-") as folder:
        system = SYSTEMS[engine](pathlib.Path(binaries), pathlib.Path(folder))
        backup = pathlib.Path(folder) / "backup"
        try:
            await system.start()
            people, group = await gather(system)
            epoch = people[0].ready["epoch"]
            begun = await lose(system, people, group, backup)
            began = time.monotonic()
            await system.restore(backup)
            await system.start()
            await return_to(people, epoch)
            tell(f"restored, started, and everybody back {time.monotonic() - began:.2f} s later, in another epoch")
            kept, gone = compare(people, await read_all(people), begun)
            tell(f"{kept} acked messages are where their acks said, without a gap, each once")
            tell(f"REPORTED: {gone} messages that were acked after the backup are gone")
        except Exception:
            print("\nLast words:\n" + system.last_words(), file=sys.stderr)
            raise
        finally:
            await system.end()


def note(outcome):
    """For Prometheus: how it went."""
    folder = os.environ.get("METRICS_DIR")
    if folder:
        script = pathlib.Path(__file__).with_name("note-run.sh")
        subprocess.run(["bash", script, folder, "restore_drill", outcome], check=True)


if __name__ == "__main__":
    chosen = sys.argv[1]
    print(f"\nThe drill of {chosen}", flush=True)
    try:
        asyncio.run(drill(chosen, sys.argv[2] if len(sys.argv) > 2 else "target/debug"))
    except Exception as error:
        note("failed")
        if not isinstance(error, Deviation):
            traceback.print_exc()
        sys.exit(f"THE DRILL FAILED: {type(error).__name__}: {error}")
    note("ok")
