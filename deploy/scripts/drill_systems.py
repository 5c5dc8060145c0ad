"""The two systems of the drill, as processes: the all-in-one, and a cluster of one gateway and one api with MariaDB and Redis.

Each can be started, backed up and restored by the operators' scripts, lost, and ended. Ports are free ones of the loopback.
"""

import asyncio
import os
import pathlib
import secrets
import socket
import urllib.error
import urllib.request

from chat_client import Deviation, HTTP, expect

SCRIPTS = pathlib.Path(__file__).parent
START = 60  # seconds until something serves


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class System:
    """Processes with their logs in one folder."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.processes = {}
        self.log = (folder / "log").open("w+")

    async def run(self, name, program, *arguments, stdout=None, **variables):
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        self.processes[name] = await asyncio.create_subprocess_exec(
            str(program), *map(str, arguments), env={**kept, **variables}, stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout or self.log, stderr=self.log)
        return self.processes[name]

    async def script(self, name, *arguments):
        process = await asyncio.create_subprocess_exec("bash", SCRIPTS / name, *map(str, arguments))
        expect(await process.wait() == 0, f"{name} failed")

    async def ready(self, internal):
        """Waits until /readyz of an internal port says so."""
        def ask():
            try:
                with HTTP.open(f"http://127.0.0.1:{internal}/readyz", timeout=2) as answer:
                    return answer.status == 200
            except (OSError, urllib.error.URLError):
                return False
        for _ in range(START * 10):
            if await asyncio.get_running_loop().run_in_executor(None, ask):
                return
            await asyncio.sleep(0.1)
        raise Deviation(f"a node is not ready after {START} s")

    async def kill(self, *names):
        for name in names:
            process = self.processes.pop(name)
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def end(self):
        await self.kill(*list(self.processes))
        self.log.close()

    def last_words(self):
        self.log.seek(0)
        return "".join(self.log.readlines()[-30:])


class AllInOne(System):
    """`im-tt`; it is restored into another data folder."""

    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        self.data = folder / "data"

    async def start(self):
        port, internal = free_port(), free_port()
        self.address = self.sockets = f"http://127.0.0.1:{port}"
        await self.run("im-tt", self.binaries / "im-tt", DATA_DIR=str(self.data), LISTEN=f"127.0.0.1:{port}",
                       INTERNAL_LISTEN=f"127.0.0.1:{internal}", BCRYPT_COST="4", RATE_LIMITS="off")
        await self.ready(internal)

    async def back_up(self, backup):
        await self.script("backup.sh", "sqlite", self.data, backup)

    async def lose(self):
        await self.kill("im-tt")

    async def restore(self, backup):
        self.data = self.folder / "restored"
        await self.script("restore.sh", "sqlite", self.data, backup)


class Cluster(System):
    """A gateway and an api; they are restored into a second database server, and the first one is gone."""

    def __init__(self, binaries, folder):
        super().__init__(binaries, folder)
        self.secrets = {"JWT_SECRET": secrets.token_hex(32), "INTERNAL_SECRET": secrets.token_hex(32)}
        self.database = self.redis = None

    async def start(self):
        if self.database is None:
            await self.start_database("database-1")
            self.redis = free_port()
            await self.run("redis", "redis-server", "--bind", "127.0.0.1", "--port", self.redis, "--save", "",
                           "--dir", self.folder)
        public, internal = [free_port(), free_port()], [free_port(), free_port()]
        self.address, self.sockets = (f"http://127.0.0.1:{port}" for port in public)
        common = {**self.secrets, "REDIS_URL": f"redis://127.0.0.1:{self.redis}", "RATE_LIMITS": "off"}
        own = {"api": {"DATABASE_URL": f"{self.database}/imtt", "BCRYPT_COST": "4"},
               "gateway": {"API_URLS": f"http://127.0.0.1:{internal[0]}"}}
        for nth, name in enumerate(("api", "gateway")):
            await self.run(name, self.binaries / name, LISTEN=f"127.0.0.1:{public[nth]}",
                           INTERNAL_LISTEN=f"127.0.0.1:{internal[nth]}", **common, **own[name])
        for port in internal:
            await self.ready(port)

    async def start_database(self, name):
        """An empty database on a server of its own, and the file that operators' scripts find it by."""
        server = await self.run(name, self.binaries / "private-mariadb", stdout=asyncio.subprocess.PIPE)
        said = await asyncio.wait_for(server.stdout.readline(), START)
        self.database = said.decode().strip()
        port = self.database.rsplit(":", 1)[1]
        self.options = self.folder / f"{name}.cnf"
        self.options.write_text(f"[client]\nhost=127.0.0.1\nport={port}\nuser=root\n")
        made = await asyncio.create_subprocess_exec(
            "mariadb", f"--defaults-extra-file={self.options}", "-e",
            "CREATE DATABASE imtt CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        expect(await made.wait() == 0, "the database cannot be made")

    async def back_up(self, backup):
        await self.script("backup.sh", "mysql", self.options, "imtt", backup)

    async def lose(self):
        await self.kill("gateway", "api", "database-1")

    async def restore(self, backup):
        await self.start_database("database-2")
        await self.script("restore.sh", "mysql", self.options, "imtt", backup)


SYSTEMS = {"sqlite": AllInOne, "mysql": Cluster}
