"""A deployment of Breakwater for acceptance tests: made, run as users of its own, and judged from outside.

What the scripts share. A test hands files over as the application would, waits for events, and at the end the house is
judged by the list of what was handed over: guarantee 1 of docs/spool-states.md, and 2 for what is listed.

    @case
    def a_renamed_file_is_released():
        with deployment() as house:
            house.start()
            house.hand_over("photo.jpg", b"bytes")
            house.judge()

    if __name__ == "__main__":
        run_cases()

As root the daemon runs as user 61001 and the application as user 61002, whose group the spool has; otherwise all is
done as oneself. Only the standard library and Debian's age are used. Not for several threads: the application's rights are put on by
the whole process.
"""

import atexit
import base64
import collections
import contextlib
import functools
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import traceback

IS_ROOT = os.geteuid() == 0
# BREAKWATER_LEASE=0 runs every case without CAP_LEASE: each file then waits for two equal looks.
HAS_LEASE = os.environ.get("BREAKWATER_LEASE", "1") != "0"
DAEMON = 61001 if IS_ROOT else os.geteuid()
APPLICATION = 61002 if IS_ROOT else os.geteuid()
GROUP = 61002 if IS_ROOT else os.getegid()
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARIES = os.path.abspath(os.environ.get("BREAKWATER_BIN", os.path.join(CHECKOUT, ".build", "debug")))
SCRATCH = os.environ.get("TMPDIR", "/var/tmp")
PATIENCE = 30  # seconds that an event may take
SEED = int(os.environ.get("BREAKWATER_SEED", "20250711"))

chance = random.Random(SEED)


class Failed(Exception):
    """What a test expected did not come about."""


def expect(condition, why):
    """Fails the case unless `condition` is true."""
    if not condition:
        raise Failed(why() if callable(why) else why)


def expect_equal(found, wanted, what):
    """Fails the case unless both are equal, and shows both."""
    expect(found == wanted, f"{what}: {found!r}, wanted {wanted!r}")


def until(happened, what, seconds=PATIENCE):
    """Waits until `happened()` is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = happened()
        if value:
            return value
        expect(time.monotonic() < deadline, f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def never(happens, seconds, what):
    """Looks for `seconds` that something which must not happen does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        expect(not happens(), what)
        time.sleep(0.02)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def some_bytes(length=200):
    """Bytes that no other upload of the run has; the same in each run with one seed."""
    return chance.randbytes(max(length, 16))


@contextlib.contextmanager
def acting_as(user, group, groups=()):
    """Gives this process another user's rights to files for a while."""
    mask = os.umask(0o007)
    try:
        if os.geteuid() != 0:  # one user for all, or inside another of these already
            yield
            return
        os.setgroups(list(groups))
        os.setegid(group)
        os.seteuid(user)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups([0])
    finally:
        os.umask(mask)


def application():
    """The application's rights: its user, and the spool's group."""
    return acting_as(APPLICATION, GROUP)


Handed = collections.namedtuple("Handed", "name sha256 is_listed")
Found = collections.namedtuple("Found", "area path sha256")
Ran = collections.namedtuple("Ran", "code out err")


# What all contexts of these tests hold of an uploader: addresses that are nobody's (RFC 5737, RFC 2606).
ADDRESSES = re.compile(r"\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+|[\w.]+@(?:\w+\.)?example|account-4711")


@functools.cache
def programs():
    """A directory with the programs, copied so that any user may run them; one for all houses of this run."""
    place = tempfile.mkdtemp(prefix="bw-bin-", dir=SCRATCH)
    atexit.register(shutil.rmtree, place)
    os.chmod(place, 0o755)
    for program in ("breakwater", "breakwaterd", "breakwater-decoder", "breakwater-review"):
        os.chmod(shutil.copy(os.path.join(BINARIES, program), place), 0o755)
    return place


class House:
    """One deployment in a scratch directory. See `deployment`, which makes and removes it."""

    def __init__(self, listed=2, settings=(), lease=HAS_LEASE, build=True):
        self.root = tempfile.mkdtemp(prefix="bw-", dir=SCRATCH)
        self.bin = programs()
        self.place = os.path.join(self.root, "house")
        self.config = os.path.join(self.place, "breakwater.toml")
        self.spool = os.path.join(self.place, "spool")
        self.state = os.path.join(self.place, "state")
        self.list = os.path.join(self.place, "lists", "demo.txt")
        self.identity = os.path.join(self.place, "keys", "demonstration.key")
        self.log_path = os.path.join(self.root, "log")
        self.has_lease = lease
        self.groups = []  # of the daemon, beside the spool's
        self.daemon = None
        # Words that `launch` puts before the program, such as strace with its options.
        self.prefix = []
        self.handed = []
        self.digests_of_inodes = {}
        self.mounts = []
        self.initialise()
        for (section, key), value in dict(settings).items():
            self.set(section, key, value)
        self.listed = [b"listed " + some_bytes() for _ in range(listed)]
        if build:
            self.list_and_build([sha256(content) for content in self.listed])

    def area(self, name):
        return os.path.join(self.spool, name)

    @property
    def incoming(self):
        return self.area("incoming")

    @property
    def released(self):
        return self.area("released")

    # Making it

    def initialise(self):
        os.chmod(self.root, 0o755)
        os.mkdir(self.place, 0o711)
        os.chown(self.place, DAEMON, DAEMON if IS_ROOT else -1)
        made = self.cli("init", "--root", self.place, config=False, user=DAEMON)
        expect(made.code == 0, f"init: {made}")
        os.chmod(self.place, 0o711)
        self.give_spool_to_the_group()

    def give_spool_to_the_group(self):
        """What an operator does once: the directories that both use belong to the application's group."""
        for name, mode in (("", 0o750), ("tmp", 0o2770), ("incoming", 0o2770), ("released", 0o2770)):
            path = os.path.join(self.spool, name)
            os.chown(path, DAEMON, GROUP)
            os.chmod(path, mode)

    def set(self, section, key, value):
        """Changes a setting; `value` as TOML spells it. The first table of that name is meant."""
        with open(self.config, encoding="utf-8") as file:
            text = file.read()
        header = rf"(^\[+{re.escape(section)}\]+\n(?:(?!\[).*\n)*?)"
        changed, count = re.subn(
            header + rf"{re.escape(key)} *=.*\n", lambda m: f"{m.group(1)}{key} = {value}\n", text, count=1, flags=re.M)
        expect(count == 1, f"no {key} in [{section}]")
        self.write_config(changed)

    def read_config(self):
        with open(self.config, encoding="utf-8") as file:
            return file.read()

    def write_config(self, text):
        """Replaces the settings file by one with other text, as an editor would."""
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chown(self.config + ".new", DAEMON, -1)
        os.chmod(self.config + ".new", 0o644)
        os.rename(self.config + ".new", self.config)

    def write_list(self, lines):
        """Replaces the supplier's file by these lines."""
        with open(self.list, "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in ["# invented", *lines])
        os.chown(self.list, DAEMON, -1)

    def build(self):
        return self.cli("list", "build")

    def list_and_build(self, lines):
        self.write_list(lines)
        built = self.build()
        expect(built.code == 0, f"list build: {built}")

    # Programs

    def as_daemon(self):
        """The words that run a program as the daemon's user."""
        if not IS_ROOT:
            return []
        words = ["setpriv", "--reuid", str(DAEMON), "--regid", str(DAEMON), "--groups", ",".join(map(str, [GROUP, *self.groups]))]
        if self.has_lease:
            words += ["--inh-caps", "-all,+lease", "--ambient-caps", "-all,+lease", "--bounding-set", "-all,+lease"]
        else:
            words += ["--inh-caps", "-all", "--ambient-caps", "-all", "--bounding-set", "-all"]
        return words + ["--no-new-privs"]

    def as_user(self, user):
        if not IS_ROOT or user is None:
            return []
        if user == DAEMON:
            return self.as_daemon()
        return ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups"]

    def cli(self, *words, config=True, user=None, seconds=120, cwd="/", asked=""):
        """Runs `breakwater`; as root, that becomes the state's owner by itself.

        A test that calls it as somebody else names the user. `asked` is its standard input.
        """
        command = [*self.as_user(user), os.path.join(self.bin, "breakwater"), *words]
        if config:
            command += ["--config", self.config]
        done = subprocess.run(command, capture_output=True, timeout=seconds, cwd=cwd, input=asked.encode())
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    def cli_json(self, *words, code=0):
        """Runs `breakwater ... --json` and returns what it says."""
        ran = self.cli(*words, "--json")
        expect(ran.code == code, f"{words}: {ran}")
        return json.loads(ran.out)

    def cli_lines(self, *words, code=0):
        """Runs `breakwater ... --json` and returns the objects that it prints, one a line."""
        ran = self.cli(*words, "--json")
        expect(ran.code == code, f"{words}: {ran}")
        return [json.loads(line) for line in ran.out.splitlines()]

    def launch(self, *words, user=DAEMON):
        """Starts `breakwaterd` without waiting for it; its log goes on at the end of the last one."""
        daemon = os.path.join(self.bin, "breakwaterd")
        command = [*self.as_user(user), *self.prefix, daemon, "--config", self.config, *words]
        with open(self.log_path, "ab") as log:
            self.daemon = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/",
                env={key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"})
        return self.daemon

    def start(self, is_ready=True, seconds=PATIENCE):
        """Starts the daemon and waits until it is ready, or, if it is not to be, until it answers."""
        self.launch()
        until(lambda: self.answers(is_ready), lambda: f"breakwaterd does not serve: {self.log()[-2000:]}", seconds)

    def answers(self, is_ready):
        expect(self.daemon.poll() is None, lambda: f"breakwaterd ended with {self.daemon.poll()}: {self.log()[-2000:]}")
        try:
            return self.ready()[0] or not is_ready
        except OSError:
            return False

    def refuses_to_start(self, seconds=PATIENCE):
        """Starts the daemon, which is to end by itself, and returns how."""
        command = [*self.as_daemon(), os.path.join(self.bin, "breakwaterd"), "--config", self.config]
        done = subprocess.run(command, capture_output=True, timeout=seconds, stdin=subprocess.DEVNULL)
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    @property
    def is_running(self):
        return self.daemon is not None and self.daemon.poll() is None

    def send(self, number):
        self.daemon.send_signal(number)

    def stop(self, seconds=PATIENCE + 15):
        """Asks the daemon to stop and returns its exit code."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)
        return self.daemon.wait(seconds)

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()

    # Handing over

    def hand_over(self, name, content, context=None, is_listed=None, attributes=()):
        """Hands a file over as docs say: built in tmp/, renamed into incoming/, its context before it."""
        if context is not None:
            self.put(os.fsencode(name) + b".meta.json", context)
        self.put(name, content, attributes=attributes)
        return self.note(name, content, is_listed)

    def put(self, name, content, mode=0o660, attributes=()):
        """Builds a file in tmp/ and renames it into incoming/, making the directories of its name. Not noted."""
        with application():
            built = self.build_in_tmp(content, mode)
            for attribute, value in dict(attributes).items():
                os.setxattr(built, attribute, value)
            goal = self.make_parents(name)
            os.rename(built, goal)
        return goal

    def build_in_tmp(self, content, mode=0o660):
        built = os.path.join(os.fsencode(self.area("tmp")), b"%016x" % chance.getrandbits(64))
        descriptor = os.open(built, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            file.write(content)
        return built

    def make_parents(self, name):
        goal = os.path.join(os.fsencode(self.incoming), os.fsencode(name))
        os.makedirs(os.path.dirname(goal), exist_ok=True)
        return goal

    def note(self, name, content, is_listed=None):
        """Puts an upload on the outside list; `content` is its bytes or their SHA-256."""
        digest = content if isinstance(content, str) else sha256(content)
        if is_listed is None:
            is_listed = content in self.listed
        handed = Handed(os.fsencode(name), digest, is_listed)
        self.handed.append(handed)
        return handed

    # Looking

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_events(self, event):
        """The log's lines of one event."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if event in line.values()]

    def get(self, path):
        """Asks the daemon's socket; the status and the body."""
        connection = http.client.HTTPConnection("localhost", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        try:
            connection.sock.connect(os.path.join(self.place, "metrics.sock"))
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ready(self):
        """Whether the daemon says that it is ready, and what else it says."""
        status, text = self.get("/-/ready")
        return status == 200, text

    def metrics(self):
        """Every sample, as written: name with its labels, to its value."""
        lines = [line for line in self.get("/metrics")[1].splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def metric(self, name, **labels):
        """The sum of a metric's samples that have these labels."""
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        return sum(
            value for sample, value in self.metrics().items()
            if sample.partition("{")[0] == name and all(label in sample for label in wanted))

    def files(self, area):
        """The paths of all that is no directory in an area of the spool, relative, as bytes."""
        top = os.fsencode(self.area(area))
        found = []
        for directory, _, names in os.walk(top):
            found += [os.path.relpath(os.path.join(directory, name), top) for name in names]
        return sorted(name for name in found if area != "held" or not name.startswith((b".copy-", b".restore-")))

    def is_released(self, name):
        return os.path.lexists(os.path.join(os.fsencode(self.released), os.fsencode(name)))

    def await_released(self, *names):
        for name in names:
            until(lambda: self.is_released(name), lambda: f"{name!r} in released/; {self.whereabouts()}")

    def bundles(self):
        """Paths of the evidence bundles that have their final name."""
        top = os.path.join(self.state, "vault", "exhibits")
        return sorted(
            os.path.join(directory, name) for directory, names, _ in os.walk(top)
            for name in names if name.startswith("ex-"))

    def drafts(self):
        top = os.path.join(self.state, "drafts")
        names = os.listdir(top) if os.path.isdir(top) else []
        return sorted(os.path.join(top, name) for name in names if not name.startswith("."))

    def opened(self, header, body):
        """SHA-256 and size of what is sealed, opened by Debian's age with the deployment's identity."""
        with self.opening(header, body) as plain:
            digest, size = hashlib.sha256(), 0
            while part := plain.read(1 << 20):
                digest.update(part)
                size += len(part)
        return digest.hexdigest(), size

    @contextlib.contextmanager
    def opening(self, header, body, identity=None):
        """The plaintext as a file, while age writes it; what age says fails the test."""
        words = ["bash", "-c", 'set -o pipefail; cat -- "$1" "$2" | age -d -i "$3"', "open", header, body,
                 identity or self.identity]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            yield process.stdout
            said = process.stderr.read().decode(errors="replace")
        expect_equal((process.returncode, said), (0, ""), f"age on {body}")

    def sealed_part(self, bundle, part, audience="custodians"):
        """Header and body of a sealed part of a bundle."""
        name = os.path.basename(bundle)
        return (os.path.join(self.state, "vault", "keys", name, f"{part}.{audience}.age.hdr"),
                os.path.join(bundle, "data", f"{part}.age.body"))

    def content(self, bundle):
        """SHA-256 of the upload that a bundle holds."""
        return self.opened(*self.sealed_part(bundle, "content"))[0]

    def subject(self, bundle):
        """The sealed record of who uploaded, from where."""
        with self.opening(*self.sealed_part(bundle, "subject")) as plain:
            return json.load(plain)

    def context_of(self, bundle):
        """The context's bytes, or None."""
        context = self.subject(bundle)["context"]
        return None if context is None else base64.b64decode(context["base64"])

    def draft_files(self, draft):
        """The files of a sealed draft, by name, as bytes."""
        header, body = (os.path.join(draft, name) for name in ("draft.custodians.age.hdr", "draft.age.body"))
        with self.opening(header, body) as plain:
            return {name: text.encode() for name, text in json.load(plain)["files"].items()}

    def await_bundles(self, count):
        return until(lambda: (b := self.bundles()) and len(b) >= count and b, f"{count} bundles")

    def await_drafts(self, count):
        return until(lambda: (d := self.drafts()) and len(d) >= count and d, f"{count} drafts")

    def ledger(self, query, *values):
        """Rows of the daemon's ledger, read without disturbing it."""
        with contextlib.closing(sqlite3.connect(f"file:{self.state}/ledger.db?mode=ro", uri=True, timeout=10)) as book:
            return book.execute(query, values).fetchall()

    @contextlib.contextmanager
    def ledger_locked(self):
        """Keeps the ledger from being written to; gives a function that lets go of it before the end."""
        with acting_as(DAEMON, GROUP):
            book = sqlite3.connect(f"{self.state}/ledger.db", isolation_level=None, timeout=10, check_same_thread=False)
            book.execute("BEGIN EXCLUSIVE")
        try:
            yield book.close
        finally:
            book.close()

    def held(self):
        """What `breakwater held list --json` says."""
        return self.cli_lines("held", "list")

    def await_held(self, count):
        """Waits for as many uploads to rest in held/, and returns what `held list` says of all."""
        def rest():
            held = self.held()
            return held if len([one for one in held if one["stage"] == "held"]) >= count else None
        return until(rest, lambda: f"{count} held uploads; {self.whereabouts()}")

    def whereabouts(self):
        """A few words on what lies where, for messages."""
        return ", ".join(f"{area}: {self.files(area)[:5]}" for area in ("incoming", "work", "released", "held"))

    # Judging

    def digest_of(self, path):
        """SHA-256 of a file; known ones are not read again."""
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            return None
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in self.digests_of_inodes:
            with open(path, "rb") as file:
                self.digests_of_inodes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.digests_of_inodes[key]

    def digest_in(self, bundle):
        """SHA-256 of the upload in a bundle; known bodies are not opened again."""
        status = os.lstat(self.sealed_part(bundle, "content")[1])
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in self.digests_of_inodes:
            self.digests_of_inodes[key] = self.content(bundle)
        return self.digests_of_inodes[key]

    def find_all(self):
        """Everything in the spool and the vault, with its digest. Only exact while nothing moves."""
        found = []
        for area in ("incoming", "work", "released", "held"):
            for name in self.files(area):
                path = os.path.join(os.fsencode(self.area(area)), name)
                with contextlib.suppress(FileNotFoundError):
                    found.append(Found(area, name, self.digest_of(path)))
        for bundle in self.bundles():
            found.append(Found("vault", os.path.basename(bundle).encode(), self.digest_in(bundle)))
        return found

    def is_idle(self):
        """Whether nothing waits and nothing is in hand."""
        return not self.files("incoming") and not self.files("work") and (
            not self.is_running or self.metric("breakwater_uploads_in_hand") == 0)

    def await_idle(self, seconds=PATIENCE):
        until(self.is_idle, lambda: f"all uploads to get a verdict; {self.whereabouts()}", seconds)

    def judge(self, seconds=PATIENCE, may_be_held=False, may_wait=False):
        """Waits until all is done and judges from outside: each upload that was handed over is in one place,
        what is listed in the vault and nothing else there, and nothing is there that nobody handed over.

        - may_be_held: uploads that are not listed may be held as well.
        - may_wait: do not wait; uploads may be in incoming/ and work/.
        """
        if not may_wait:
            self.await_idle(seconds)
        context = re.compile(rb"\.meta\.json$")
        places = collections.defaultdict(list)
        for found in self.find_all():
            places[found.sha256].append(found)
        wanted = collections.Counter(handed.sha256 for handed in self.handed)
        for handed in self.handed:
            there = places[handed.sha256]
            areas = sorted({found.area for found in there})
            allowed = {"vault"} if handed.is_listed else {"released", "held"} if may_be_held else {"released"}
            allowed |= {"incoming", "work"} if may_wait else set()
            expect(
                len(there) == wanted[handed.sha256] and set(areas) <= allowed,
                f"guarantee 1 or 2: {handed} lies in {there}, {wanted[handed.sha256]} in {sorted(allowed)} wanted")
        for digest, there in places.items():
            strangers = [found for found in there if not context.search(found.path)]
            expect(digest in wanted or not strangers, f"nobody handed this over: {strangers}")

    def check_spool(self):
        """`breakwater spool check` agrees."""
        checked = self.cli("spool", "check")
        expect(checked.code == 0, f"spool check: {checked}")

    def expect_silence(self):
        """Neither the log nor a metric says what was handed over, or under what name."""
        # A daemon that never ran has said nothing.
        said = self.log() if os.path.exists(self.log_path) else ""
        if self.is_running:
            with contextlib.suppress(OSError):
                said += self.get("/metrics")[1]
        for word in (os.fsdecode(handed.name) for handed in self.handed):
            # Short names are words of the log itself.
            if len(word) >= 12 and "." in word:
                expect(word not in said, f"log or metrics hold {word}")
        digests = [handed.sha256 for handed in self.handed]
        for content in self.listed:
            digests += [hashlib.new(kind, content).hexdigest() for kind in ("md5", "sha1")]
        for word in digests:
            expect(word not in said.lower(), f"log or metrics hold the digest {word}")
        address = ADDRESSES.search(said)
        expect(address is None, f"log or metrics hold the address {address}")

    # The end

    def mount(self, *words, at):
        """Mounts something that `close` takes away again; root only."""
        subprocess.run(["mount", *words, at], check=True)
        self.mounts.append(at)

    def close(self, keep):
        if self.is_running:
            self.send(signal.SIGCONT)
            self.kill()
        for place in reversed(self.mounts):
            subprocess.run(["umount", "--lazy", place], check=False)
        if not keep:
            shutil.rmtree(self.root)


@contextlib.contextmanager
def deployment(**wishes):
    """A house for the body; removed afterwards, or kept and named if the body fails.

    - listed: how many contents are invented and listed, in `house.listed`.
    - settings: `{(section, key): value}`, `value` as TOML spells it.
    - lease: whether the daemon gets CAP_LEASE; without, each file waits two seconds.
    - build: whether a generation is built.
    """
    house = House(**wishes)
    try:
        yield house
        house.expect_silence()
    except BaseException as error:
        house.close(keep=not isinstance(error, KeyboardInterrupt))
        if hasattr(error, "add_note"):
            error.add_note(f"kept {house.root}")
        raise
    house.close(keep=False)


# Running the cases

cases = []


def case(function):
    """Makes a function a case; its name is its sentence."""
    cases.append(function)
    return function


class Skipped(Exception):
    """The case needs something that is not here."""


def needs_root():
    if not IS_ROOT:
        raise Skipped("needs root")


def run_cases():
    """Runs the cases named on the command line, or all of the file that was started, and exits."""
    own = [case for case in cases if case.__module__ == "__main__"]
    chosen = [case for case in own if not sys.argv[1:] or case.__name__ in sys.argv[1:]]
    print(f"seed {SEED}" + ("" if IS_ROOT else "; not root: one user for all, permission cases are skipped"))
    passed = failed = 0
    for one in chosen:
        begin = time.monotonic()
        try:
            one()
        except Skipped as why:
            print(f"skip {one.__name__}: {why}", flush=True)
        except Exception as error:
            failed += 1
            why = str(error) if isinstance(error, Failed) else traceback.format_exc()
            notes = "; ".join(getattr(error, "__notes__", []))
            print(f"FAIL {one.__name__}: {why} ({notes})", flush=True)
        else:
            passed += 1
            print(f"ok {one.__name__} ({time.monotonic() - begin:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not chosen else 0)
