"""A call of the kernel fails, or the program is killed at it: every call, one after another, by `strace --inject`.

An undisturbed run under strace tells which calls there are. Then each is the one at which the program is killed, or
that answers EIO, ENOSPC or EMFILE; ENOSPC also for all that follow, as on a disk that is full. Afterwards the program
is started again without faults, and judged from outside by the list of what was handed over: each upload and its
context is in one place, what matched is never in released/, its source is in place or its bundle is whole, nothing
half-written is left, and a second recovery changes nothing.

strace counts the calls of each thread by itself. So a call is named by the path that it is about where that has no
part drawn at random, and by its number among its thread's calls otherwise.

`--all` tries each kind once: a kill at every call that makes something durable, in every phase; of all else one call of
each kind at each path, since the tenth page of the ledger or the fifth opening of one file fails as the first does, and
a call that only looks with one of its faults. `--every` tries every single one, which takes hours. Evidence with a second copy, headers
made anew and the end of an exhibit are kills.py's.

    faults.py [--sample 40 | --all | --every] [--workers 2] [--seed S] [--only TEXT] [phase...]

Phases: arrive (from incoming/ to rest), preserve (recovery of a match without a bundle), order (a recorded order),
command (`held release` itself), build (`list build --whole`), delta (`list build` of one entry more).
"""

import argparse
import collections
import contextlib
import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
import zlib

import crash
import held
import house as shared
import validators
from house import Failed, application, expect, expect_equal, sha256, some_bytes, until

Point = collections.namedtuple("Point", "phase call path nth")
Trial = collections.namedtuple("Trial", "point fault")
Upload = collections.namedtuple("Upload", "name content context")

# What each call is made to answer. A kill comes before the call, so those that only look need none.
CHANGES = ("KILL", "EIO", "ENOSPC", "ENOSPC+")
FAULTS = {
    **dict.fromkeys(("fsync", "fdatasync", "write", "pwrite64", "ftruncate", "mkdirat"), CHANGES),
    **dict.fromkeys(("renameat2", "renameat", "linkat"), CHANGES),
    **dict.fromkeys(("unlinkat", "unlink", "fchmod", "fchown"), ("KILL", "EIO")),
    **dict.fromkeys(("openat", "openat2"), ("EMFILE", "EIO", "ENOSPC")),
    **dict.fromkeys(("statx", "newfstatat", "fstat", "read", "pread64", "getdents64"), ("EIO",)),
    "fcntl": ("EMFILE", "EIO"),
}
DURABLE = {"fsync", "fdatasync", "ftruncate", "renameat2", "renameat", "linkat", "unlinkat", "unlink", "mkdirat"}
WITH_NAMES = {"openat", "openat2", "mkdirat", "renameat", "renameat2", "linkat", "unlink", "unlinkat", "statx",
              "newfstatat"}
# An id, the name of a generation, a file on its way to its name: other in each run or house.
DRAWN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|g\d{10}-[0-9a-f]{8}|(^|/)\.\d{6,}$")
# What this test once found, so every sample has it: an error that parts a context from its upload.
FOUND = re.compile(
    r"arrive: E\w+ at (renameat2 2 of \$HOUSE/spool/incoming/h|pread64 1 of .*/work/m/match.meta.json"
    r"|statx \d of linked.meta.json)$")
BEARABLE = 8  # seconds that a disturbed run gets before it is ended
SETTINGS = {("spool", "hardlinks"): '"hold"', ("scan", "drain"): '"1 s"', ("scan", "crash_limit"): "0"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=shared.SEED)
    parser.add_argument("--only", default="", help="only trials whose description has this text")
    parser.add_argument("phases", nargs="*", metavar="phase", help=", ".join(PHASES))
    found = parser.parse_args()
    unknown = set(found.phases) - PHASES.keys()
    if unknown:
        parser.error(f"no such phase: {', '.join(sorted(unknown))}")
    return found


# A house that can be put back

class Bench:
    """One house with copies of its directory as it stood at certain moments."""

    def __init__(self):
        self.house = shared.House(listed=3, settings=SETTINGS, build=False)
        self.house.list_and_build(lines(self.house.listed[:2]))
        self.trace = os.path.join(self.house.root, "trace")
        self.uploads = {
            "match": Upload("m/match", self.house.listed[0], b'{"uploader_ref": "7"}'),
            "plain": Upload("u/plain", some_bytes(), b'{"uploader_ref": "8"}'),
            "linked": Upload("h/linked", some_bytes(), b'{"uploader_ref": "9"}'),
        }
        self.ids = {}
        self.keep("fresh")
        self.make_moments()

    def keep(self, moment):
        subprocess.run(["cp", "-a", self.house.place, f"{self.house.root}/{moment}"], check=True)

    def put_back(self, moment):
        """A copy has ctimes of its own: a context's is the older again, as it was when both were handed over."""
        shutil.rmtree(self.house.place)
        subprocess.run(["cp", "-a", f"{self.house.root}/{moment}", self.house.place], check=True)
        for path in self.house.files("work"):
            if not path.endswith(b".meta.json"):
                full = os.path.join(os.fsencode(self.house.area("work")), path)
                os.chmod(full, os.stat(full).st_mode & 0o7777)
        with open(self.house.log_path, "wb"):
            pass

    def make_moments(self):
        house = self.house
        self.hand_over("plain", "linked")
        house.start()
        house.await_released("u/plain")
        self.ids["$LINKED"] = house.await_held(1)[0]["id"]
        expect_equal(house.stop(), 0, "exit code")
        self.keep("rest")

        self.hand_over("match")
        self.serve(self.strace("mkdirat", f"{house.state}/vault/exhibits", "signal=KILL:when=1"), lambda: False)
        stages = house.ledger("SELECT id, stage FROM upload WHERE path = ?", b"m/match")
        expect_equal([stage for _, stage in stages], ["quarantined"], "stages of the match before it is preserved")
        self.ids["$MATCH"] = stages[0][0]
        self.keep("matched")

        self.put_back("rest")
        self.ids["$ORDER"] = held.give_order(house, self.ids["$LINKED"])
        self.keep("ordered")

    def hand_over(self, *which):
        for upload in (self.uploads[name] for name in which):
            self.house.put(upload.name + ".meta.json", upload.context)
            if upload.name.endswith("linked"):
                with application():
                    os.link(self.house.build_in_tmp(upload.content), self.house.make_parents(upload.name))
            else:
                self.house.put(upload.name, upload.content)

    # Under strace

    def strace(self, calls, path=None, inject=None):
        words = ["strace", "-D", "-f", "-qq", "-y", "-e", "signal=none", "-e", f"trace={calls}", "-o", self.trace]
        words += ["-P", path] if path else []
        return words + (["-e", f"inject={calls}:{inject}"] if inject else [])

    @contextlib.contextmanager
    def run(self, *words):
        """A program under strace, which the end waits for as well: only then is all of it on record."""
        watch, alive = os.pipe()
        with open(self.house.log_path, "ab") as log:
            process = subprocess.Popen(
                words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", pass_fds=(alive,))
        os.close(alive)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            os.read(watch, 1)
            os.close(watch)

    def serve(self, strace, is_settled):
        """Runs the daemon until `is_settled()`, it ends, or it has had its time; then it is stopped."""
        house = self.house
        words = [*strace, *house.as_daemon(), os.path.join(house.bin, "breakwaterd"), "--config", house.config]
        with self.run(*words) as house.daemon:
            deadline = time.monotonic() + BEARABLE
            while house.is_running and time.monotonic() < deadline and not is_settled():
                time.sleep(0.02)
            if house.is_running:
                house.send(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    house.daemon.wait(BEARABLE)
        return house.daemon.returncode

    def call(self, strace, *words):
        command = [*strace, os.path.join(self.house.bin, "breakwater"), *words, "--config", self.house.config]
        with self.run(*command) as process:
            process.wait(30)
        return process.returncode


# Phases: what stands before, what is disturbed, and when an undisturbed run has done it.

def settled(bench, drafts, kept):
    house = bench.house
    return not house.files("incoming") and not house.files("work") and len(house.drafts()) == drafts \
        and len([name for name in house.files("held") if not name.endswith(b".json")]) == kept \
        and not [name for name in os.listdir(f"{house.state}/orders") if name.startswith("order-")] \
        and not [1 for stage, in rows(house) if stage not in ("held", "awaiting-review", "released")]


def rows(house):
    with contextlib.suppress(sqlite3.Error):
        return house.ledger("SELECT stage FROM upload")
    return [(None,)]


def arrive(bench, strace):
    bench.hand_over("match", "plain", "linked")
    return bench.serve(strace, lambda: settled(bench, 1, 1))


def preserve(bench, strace):
    return bench.serve(strace, lambda: settled(bench, 1, 1))


def order(bench, strace):
    return bench.serve(strace, lambda: settled(bench, 0, 0))


def command(bench, strace):
    bench.house.start()
    try:
        return bench.call(strace, "held", "release", bench.ids["$LINKED"], "--reason", "seen")
    finally:
        bench.house.stop()


def lines(listed):
    """With enough beside them for one more to be a delta."""
    return [sha256(content) for content in [*listed, *(b"%d" % number for number in range(100))]]


def build(bench, strace):
    bench.house.write_list(lines(bench.house.listed))
    return bench.call(strace, "list", "build", "--whole")


def delta(bench, strace):
    bench.house.write_list(lines(bench.house.listed))
    return bench.call(strace, "list", "build")


PHASES = {
    "arrive": ("fresh", arrive, ("match", "plain", "linked")),
    "preserve": ("matched", preserve, ("match", "plain", "linked")),
    "order": ("ordered", order, ("plain", "linked")),
    "command": ("rest", command, ("plain", "linked")),
    "build": ("rest", build, ("plain", "linked")),
    "delta": ("rest", delta, ("plain", "linked")),
}


def disturb(bench, phase, strace):
    moment, act, _ = PHASES[phase]
    bench.put_back(moment)
    return act(bench, strace)


# Counting

def points(bench, phase):
    """Every call of an undisturbed run that is about the house's files, named so that it can be met again."""
    code = disturb(bench, phase, bench.strace(",".join(FAULTS)))
    expect_equal(code, 0, f"{phase}: exit code of the undisturbed run")
    calls, threads = [], collections.defaultdict(collections.Counter)
    with open(bench.trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            found = re.match(r"(\d+) +(\w+)\((.*)", line)
            if found:
                calls.append(named(bench, threads, *found.groups()))
    return list(dict.fromkeys(choose(phase, call, names, threads) for call, names in calls if names is not None))


def named(bench, threads, thread, call, said):
    """What can name this call, each with its number so far; `None` for calls that are not about the house."""
    paths = re.findall(r"\d<(/[^>]*)>", said) + re.findall(r"T_FDCWD<(/[^>]*)>", said)
    if call in WITH_NAMES:
        paths += re.findall(r'"([^"]+)"', said)
    ours = any(path.startswith(bench.house.place + "/") for path in paths)
    names = [None, *(masked for path in dict.fromkeys(paths) if (masked := mask(bench, path)))]
    numbers = {}
    for name in names:
        threads[call, name][thread] += 1
        numbers[name] = threads[call, name][thread]
    return call, numbers if ours else None


def mask(bench, path):
    """A path as it is called in every house; `None` if a part of it is drawn in each run, or it is elsewhere."""
    path = path.replace(bench.house.place, "$HOUSE")
    for name, value in bench.ids.items():
        path = path.replace(value, name)
    if DRAWN.search(path) or path.startswith("/") or path.endswith("(deleted)"):
        return None
    return path


def choose(phase, call, numbers, threads):
    """By the name that the fewest threads and calls share."""
    def shared_by(name):
        return name is None, len(threads[call, name]), sum(threads[call, name].values())
    name = min(numbers, key=shared_by)
    return Point(phase, call, name, numbers[name])


def real(bench, path):
    for name, value in {"$HOUSE": bench.house.place, **bench.ids}.items():
        path = path.replace(name, value)
    return path


# One trial

def attempt(bench, trial):
    """Disturbs one call. Returns whether the fault came to be, or raises what is wrong afterwards."""
    point, fault = trial
    how = "signal=KILL" if fault == "KILL" else f"error={fault.rstrip('+')}"
    how += f":when={point.nth}" + ("+" if fault.endswith("+") else "")
    strace = bench.strace(point.call, point.path and real(bench, point.path), how)
    code = disturb(bench, point.phase, strace)
    with open(bench.trace, encoding="utf-8", errors="replace") as file:
        came = "(INJECTED)" in file.read() or (fault == "KILL" and code == -signal.SIGKILL)
    recover(bench, point.phase)
    judge(bench, point.phase, may_be_held=fault != "KILL")
    return came


def recover(bench, phase):
    """Starts again without faults, until all rests. An order that the fault undid is given once more."""
    house = bench.house
    if phase in ("build", "delta"):
        judge_build(bench)
    house.start()
    house.await_idle()
    if "match" in PHASES[phase][2]:
        until(lambda: len(house.drafts()) == 1, lambda: f"the draft; {house.whereabouts()} {house.log()[-800:]}")
    until(lambda: not [1 for stage, in rows(house) if stage not in ("held", "awaiting-review", "released")],
          lambda: f"all to rest: {house.ledger('SELECT path, stage FROM upload')} {house.log()[-800:]}")
    if phase in ("order", "command"):
        until(lambda: not [name for name in os.listdir(f"{house.state}/orders") if name.startswith("order-")],
              "orders to be answered")
        if not house.is_released("h/linked"):
            again = house.cli("held", "release", bench.ids["$LINKED"], "--reason", "seen")
            expect_equal(again.code, 0, f"held release, given again: {again}")
        until(lambda: house.is_released("h/linked"), lambda: f"the ordered release; {house.whereabouts()}")
    expect_equal(house.stop(), 0, "exit code after the recovery")


def judge_build(bench):
    """A build that was cut short: a whole generation serves, and the next build leaves nothing over."""
    house, lists = bench.house, f"{bench.house.state}/lists"
    house.start()
    house.hand_over("listed before", house.listed[1])
    until(lambda: len(house.bundles()) == 1, lambda: f"a match by the serving lists; {house.whereabouts()}")
    again = house.build()
    expect_equal(again.code, 0, f"list build after one that was cut short: {again}")
    generation = again.out.split()[-1]
    until(lambda: serves(house, generation), f"{generation} to serve")
    house.hand_over("listed since", house.listed[2])
    until(lambda: len(house.drafts()) == 2, lambda: f"a match by the new lists; {house.whereabouts()}")
    expect_equal(house.stop(), 0, "exit code")
    hidden = [name for name in os.listdir(lists) if name.startswith(".")]
    expect_equal(hidden, [], "what a build left behind")
    kept = [name for name in os.listdir(lists) if os.path.isdir(f"{lists}/{name}")]
    expect(generation in kept and len(kept) <= 2, f"generations: {kept}, {generation} installed")


def serves(house, generation):
    return any(line.get("generation") == generation for line in house.log_events("lists-loaded"))


# Judging

def judge(bench, phase, may_be_held):
    house = bench.house
    lies = collections.defaultdict(list)
    for area in ("incoming", "work", "released", "held"):
        for name in house.files(area):
            path = os.path.join(os.fsencode(house.area(area)), name)
            lies[crash.appearance(path)[1]].append(f"{area}/{os.fsdecode(name)}")
    for which in PHASES[phase][2]:
        upload = bench.uploads[which]
        for part, content in (("", upload.content), (".meta.json", upload.context)):
            there, wanted = lies.pop(sha256(content), []), places(bench, phase, which, part, may_be_held)
            expect(there in wanted, f"{which}{part} lies in {there}, wanted one of {wanted}")
    expect(not lies, f"nobody handed over {dict(lies)}")
    matched = [identifier for name in matches(phase)
               for identifier, in house.ledger("SELECT id FROM upload WHERE path = ?", os.fsencode(name))]
    expect_equal(len(matched), len(matches(phase)), "uploads with rows of a match")
    bundles = [os.path.basename(path) for path in house.bundles()]
    expect_equal(bundles, sorted(f"ex-{one}" for one in matched), "bundles")
    expect_equal([os.path.basename(path) for path in house.drafts()], sorted(matched), "drafts")
    for bundle in house.bundles():
        judge_bundle(house, bundle, has_context="m/match" in matches(phase))
    expect_equal(crash.hidden_in_vault(house), [], "what is hidden in the vault")
    expect_equal([name for name in os.listdir(house.state + "/drafts") if name.startswith(".")], [], "hidden drafts")
    house.check_spool()
    before = crash.everything(house)
    house.start()
    house.await_idle()
    house.stop()
    crash.expect_no_change(before, crash.everything(house), "a second recovery")


def matches(phase):
    return ["listed before", "listed since"] if phase in ("build", "delta") else \
        ["m/match"] if "match" in PHASES[phase][2] else []


def places(bench, phase, which, part, may_be_held):
    """Where an upload or its context may lie in the end; what matched is in the vault alone."""
    house, name = bench.house, bench.uploads[which].name
    if which == "match":
        return [[]]
    path = os.fsencode(name)
    resting = house.ledger("SELECT id FROM upload WHERE path = ? AND stage = 'held'", path)
    at_rest = [f"held/{identifier}{part}" for identifier, in resting]
    if which == "linked" and phase not in ("order", "command"):
        return [at_rest]
    return [[f"released/{name}{part}"]] + ([at_rest] if may_be_held and which == "plain" and at_rest else [])


def judge_bundle(house, bundle, has_context):
    """A whole bag to bagit-python, if it is there; `spool check` judges it by our own rules."""
    if os.access(validators.BAGIT, os.X_OK):
        expect_equal(validators.bagit(bundle), (0, ""), f"bagit on {bundle}")
    if has_context:
        expect(house.context_of(bundle) is not None, f"no context in {bundle}")


# All of them

def trials(all_points):
    return [Trial(point, fault) for point in all_points for fault in FAULTS[point.call]]


def one_of_each(those):
    """One trial of every kind: the first, and of several faults at one look one that its name draws."""
    kinds = collections.defaultdict(list)
    for trial in those:
        kinds[kind(trial)].append(trial)
    return [pile[zlib.crc32(repr(name).encode()) % len(pile) if name[-1] == "look" else 0]
            for name, pile in kinds.items()]


def kind(trial):
    point, fault = trial
    if fault == "KILL" and point.call in DURABLE:
        return *point, fault
    return point.call, point.path or point.nth, fault if "KILL" in FAULTS[point.call] else "look"


def sample(those, count, seed):
    """So many, drawn by the seed: of every phase, call and fault in turn."""
    draw = random.Random(seed)
    kinds = collections.defaultdict(list)
    for trial in those:
        kinds[trial.point.phase, trial.point.call, trial.fault].append(trial)
    piles = list(kinds.values())
    for pile in [*piles, piles]:
        draw.shuffle(pile)
    drawn = [trial for trial in those if FOUND.match(describe(trial))]
    while piles and len(drawn) < count:
        drawn += [pile.pop() for pile in piles]
        piles = [pile for pile in piles if pile]
    return list(dict.fromkeys(drawn))[:count]


def describe(trial):
    point, fault = trial
    return f"{point.phase}: {fault} at {point.call} {point.nth} of {point.path or 'its thread'}"


def work(bench, queue, answers):
    for trial in iter(queue.get, None):
        why = came = None
        try:
            came = attempt(bench, trial)
        except Exception as error:
            why = str(error) if isinstance(error, (Failed, OSError)) else traceback.format_exc()
            kept = f"{bench.house.root}-kept-{time.monotonic_ns()}"
            things = [bench.house.place, bench.trace, bench.house.log_path]
            os.mkdir(kept)
            subprocess.run(["cp", "-a", *things, kept], check=False)
            why += f" (kept {kept})"
            if bench.house.is_running:
                bench.house.kill()
        answers.put((trial, came, why))
    bench.house.close(keep=False)


def run(those, benches):
    queue, answers = multiprocessing.Queue(), multiprocessing.Queue()
    for trial in those:
        queue.put(trial)
    workers = [multiprocessing.Process(target=work, args=(bench, queue, answers)) for bench in benches]
    for worker in workers:
        queue.put(None)
        worker.start()
    passed = failed = missed = 0
    for number in range(1, len(those) + 1):
        trial, came, why = answers.get()
        passed, failed, missed = passed + (not why), failed + bool(why), missed + (not why and not came)
        if why or options.only:
            print(f"{'FAIL' if why else 'ok'} {describe(trial)}: {why or ('' if came else 'did not come')}", flush=True)
        if number % 100 == 0:
            print(f"   {number} of {len(those)}, {missed} of them did not come about", flush=True)
    for worker in workers:
        worker.join()
    return passed, failed, missed


def main():
    begin = time.monotonic()
    benches = [Bench() for _ in range(options.workers)]
    wanted = options.phases or list(PHASES)
    those = trials([point for phase in wanted for point in points(benches[0], phase)])
    print(f"seed {options.seed}: {len(those)} faults at the calls of an undisturbed run")
    those = [trial for trial in those if options.only in describe(trial)]
    if options.all:
        those = one_of_each(those)
    elif not options.every:
        those = sample(those, options.sample, options.seed)
    passed, failed, missed = run(those, benches)
    kinds = collections.Counter(trial.fault for trial in those)
    print(f"   {len(those)} tried: {dict(kinds)}; {missed} did not come about, since threads took turns otherwise; "
          f"{time.monotonic() - begin:.0f} s")
    expect(missed * 4 <= len(those), "more than a quarter of the faults did not come about")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    options = arguments()
    shared.chance.seed(options.seed)
    main()
