"""The whole path of uploads that match nothing, from incoming/ to released/, beside tools that only digest.

    whole_path.py --bin DIR [--files 20000] [--size 30720] [--mixed] [--list FILE] [--stream 5000] [--rate 500]
                  [--repeat 3] [--dir DIR] [--context none] [--clamd 2000] [--sparse 5G] [--no-lease 2000] [--json]

DIR holds release builds of breakwaterd, breakwater and DigestStage. Every repetition moves the same files through the
daemon twice and lets each peer read them once, so that a ratio compares what was measured side by side:

- backlog: all files wait in incoming/ when the daemon starts. Its CPU seconds are counted without those of a start
  on an empty spool; files a second from the first verdict to the last.
- digest stage, two at once: the same by two processes that share the files, since the daemon has two workers; what one
  processor does slows the other.
- moves: what the two renames of each file cost alone, without the daemon, between directories beside the spool's.
- streaming: the daemon runs, and files arrive one by one. The time from the rename into incoming/ to the one into
  released/, as inotify tells it. With --sparse once more while one such file is digested.
- without a lease: a daemon that the kernel does not tell of writers, so that each file waits for two looks.

CPU seconds are the figure to trust; walls depend on what else runs. The page cache is warm.
"""

import argparse
import clamd
import contextlib
import ctypes
import json
import os
import random
import select
import shutil
import statistics
import struct
import subprocess
import sys
import time

ACCEPTANCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "Tests", "Acceptance")
TICKS = os.sysconf("SC_CLK_TCK")

# Each peer reads every file once and digests it: a command, and whether it takes names from its standard input.
PEERS = {
    "digest stage": (["DigestStage", "files", "{corpus}"], False),
    "hashdeep": (["hashdeep", "-c", "md5,sha1,sha256", "-r", "-j1", "{corpus}"], False),
    "sha256sum": (["xargs", "-0", "-n", "1000", "sha256sum"], True),
    "openssl sha256": (["xargs", "-0", "-n", "1000", "openssl", "dgst", "-sha256"], True),
}

TWICE = "digest stage, two at once"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", required=True, help="directory of the release builds")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=30_720, help="bytes")
    parser.add_argument("--mixed", action="store_true", help="sizes from a sixteenth to sixteen times --size")
    parser.add_argument("--list", help="a supplier's file instead of 100,000 invented entries")
    parser.add_argument("--stream", type=int, default=5_000, help="files of the streaming part; 0 leaves it out")
    parser.add_argument("--rate", type=float, default=500, help="files a second of the streaming part")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dir", help="where the deployment is made and removed")
    parser.add_argument("--context", default="sidecar", choices=["sidecar", "none"], help="spool.context")
    parser.add_argument("--clamd", type=int, default=2_000, help="files that clamd gets; 0 leaves it out")
    parser.add_argument("--sparse", type=parse_size, default=0, help="bytes of a large file beside the stream, such as 5G")
    parser.add_argument("--no-lease", type=int, default=0, help="files for a daemon without CAP_LEASE; root only")
    parser.add_argument("--user", type=int, help="the daemon's uid; root only")
    parser.add_argument("--app", type=int, help="the application's uid; root only")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def parse_size(text):
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(text.rstrip("KMG")) * units.get(text[-1], 1)


def import_house():
    """The acceptance tests' deployment, which reads its environment when it is imported."""
    os.environ["BREAKWATER_BIN"] = options.bin
    if options.dir:
        os.environ["TMPDIR"] = options.dir
    sys.path.insert(0, ACCEPTANCE)
    sys.dont_write_bytecode = True
    import house
    if house.IS_ROOT:
        house.DAEMON = options.user or house.DAEMON
        house.APPLICATION = house.GROUP = options.app or house.APPLICATION
    return house


# The corpus rests in tmp/, where the daemon never looks, and comes back there after each pass.

def write_corpus(deployed, count):
    """Writes the files as the application; returns the bytes of all."""
    dice, total = random.Random(20250711), 0
    with house.application():
        for number in range(count):
            size = int(options.size * 16 ** dice.uniform(-1, 1)) if options.mixed else options.size
            total += size
            with open(os.path.join(deployed.area("tmp"), f"{number:07}.jpg"), "wb") as file:
                file.write(dice.randbytes(size))
    os.sync()
    return total


def names(deployed, count=None):
    return sorted(os.listdir(deployed.area("tmp")))[:count]


def move(deployed, source, target, chosen):
    with house.application():
        for name in chosen:
            os.rename(os.path.join(deployed.area(source), name), os.path.join(deployed.area(target), name))


def make_lists(deployed):
    if options.list:
        shutil.copyfile(options.list, deployed.list)
        built = deployed.build()
        house.expect(built.code == 0, f"list build: {built}")
    else:
        deployed.list_and_build(f"{house.chance.getrandbits(256):064x}" for _ in range(100_000))


# The daemon

def cpu(daemon):
    """User and system seconds so far, all threads; to 1/100 s."""
    with open(f"/proc/{daemon.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_bytes(daemon):
    with open(f"/proc/{daemon.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))


def cpu_of_a_start(deployed):
    """What the daemon needs before it has anything to do; also warms what it is loaded from."""
    deployed.start()
    used = cpu(deployed.daemon)
    deployed.stop()
    return used


def await_all(deployed, count):
    """Looks at the first names alone: to list a directory holds up those who rename into it or out of it."""
    while not (is_empty(deployed.incoming) and is_empty(deployed.area("work"))):
        house.expect(deployed.daemon.poll() is None, "breakwaterd ended")
        time.sleep(0.25)
    house.expect(len(os.listdir(deployed.released)) >= count, "an upload was not released")


def is_empty(directory):
    with os.scandir(directory) as entries:
        return next(entries, None) is None


def backlog(deployed, total):
    start = cpu_of_a_start(deployed)
    chosen = names(deployed)
    move(deployed, "tmp", "incoming", chosen)
    deployed.start()
    await_all(deployed, len(chosen))
    used, peak = cpu(deployed.daemon) - start, peak_bytes(deployed.daemon)
    deployed.stop()
    # A rename sets ctime, so the file system has noted every verdict's time.
    moments = [os.stat(os.path.join(deployed.released, name)).st_ctime for name in chosen]
    seconds = max(moments) - min(moments)
    move(deployed, "released", "tmp", chosen)
    return {
        "daemon, backlog": used, "start": start, "files/s": len(chosen) / seconds, "MB/s": total / seconds / 1e6,
        "peak MiB": peak / (1 << 20),
    }


def streaming(deployed):
    deployed.start()
    used, chosen = cpu(deployed.daemon), names(deployed, options.stream)
    with house.application():
        waits = sorted(1000 * wait for wait in hand_over_one_by_one(deployed, chosen))
    used = cpu(deployed.daemon) - used
    deployed.stop()
    move(deployed, "released", "tmp", chosen)
    return {
        "CPU us a file, streaming": used / len(chosen) * 1e6, "p50 ms": waits[len(waits) // 2],
        "p99 ms": waits[len(waits) * 99 // 100], "longest ms": waits[-1],
    }


def beside_a_large_file(deployed):
    """The stream again, its p99 while a sparse file is digested."""
    with house.application(), open(os.path.join(deployed.area("tmp"), "large"), "wb") as file:
        file.truncate(options.sparse)
    deployed.start()
    chosen = names(deployed, options.stream)
    with house.application():
        os.rename(os.path.join(deployed.area("tmp"), "large"), os.path.join(deployed.incoming, "large"))
        waits = sorted(1000 * wait for wait in hand_over_one_by_one(deployed, chosen))
    lasted = not os.path.exists(os.path.join(deployed.released, "large"))
    deployed.kill()
    house.expect(lasted, "the large file was done before the stream; give it more bytes")
    for area in ("work", "incoming", "released"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(deployed.area(area), "large"))
    move(deployed, "released", "tmp", chosen)
    return {"p99 ms beside large": waits[len(waits) * 99 // 100], "longest ms beside large": waits[-1]}


def hand_over_one_by_one(deployed, chosen):
    """Renames files in at the rate asked for, and yields for each the seconds until it was released."""
    verdicts, handed = Verdicts(deployed.released), {}
    begin, waiting = time.monotonic(), list(reversed(chosen))
    while waiting or handed:
        due = begin + (len(chosen) - len(waiting)) / options.rate
        if waiting and time.monotonic() >= due:
            name = waiting.pop()
            handed[name] = time.monotonic()
            os.rename(os.path.join(deployed.area("tmp"), name), os.path.join(deployed.incoming, name))
            due += 1 / options.rate
        seen = verdicts.until(due if waiting else time.monotonic() + house.PATIENCE)
        house.expect(seen or waiting, f"{len(handed)} files without a verdict")
        for name, moment in seen:
            if name not in handed:
                continue
            yield moment - handed.pop(name)


class Verdicts:
    """Who appears in released/, and when. Source: inotify(7)."""

    MOVED_TO = 0x80
    HEADER = struct.Struct("iIII")

    def __init__(self, directory):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_CLOEXEC)
        watch = library.inotify_add_watch(self.descriptor, os.fsencode(directory), self.MOVED_TO)
        house.expect(watch >= 0, "no inotify watch on released/")

    def until(self, deadline):
        """The names that appear next, at least one unless `deadline` comes first."""
        ready, _, _ = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            return []
        moment, events, seen = time.monotonic(), os.read(self.descriptor, 1 << 16), []
        while events:
            length = self.HEADER.unpack_from(events)[3]
            end = self.HEADER.size + length
            seen.append((events[self.HEADER.size:end].rstrip(b"\0").decode(), moment))
            events = events[end:]
        return seen


# Peers

def peer(deployed, words, from_input):
    """CPU seconds of a command that reads the corpus, and of its children; None if it is not installed."""
    corpus = deployed.area("tmp")
    words = [word.format(corpus=corpus, beside=deployed.root) for word in words]
    own = os.path.join(options.bin, words[0])
    words[0] = own if os.path.exists(own) else words[0]
    if not shutil.which(words[0]):
        return None
    given = "\0".join(os.path.join(corpus, name) for name in names(deployed)).encode() if from_input else b""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        process.stdin.write(given)
        process.stdin.close()
        return end(process)


def digest_stage_twice(deployed):
    """CPU seconds of two digest stages at the same time, half of the files each."""
    words = [os.path.join(options.bin, "DigestStage"), "files", deployed.area("tmp"), "--of", "2", "--share"]
    processes = [subprocess.Popen([*words, str(share)], stdout=subprocess.DEVNULL) for share in range(2)]
    return sum(end(process) for process in processes)


def end(process):
    """Waits for a process; its CPU seconds and those of its children."""
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    house.expect(process.returncode == 0, f"{process.args[0]} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def moves(deployed):
    """CPU seconds of two renames of each file, without a daemon; puts them back."""
    used = peer(deployed, ["DigestStage", "moves", "{corpus}", "{beside}"], False)
    moved = os.path.join(deployed.root, "moves-released")
    for name in os.listdir(moved):
        os.rename(os.path.join(moved, name), os.path.join(deployed.area("tmp"), name))
    return used


# Reporting

def measure():
    """A row a repetition, the bytes of the corpus beside them."""
    settings = {("spool", "context"): json.dumps(options.context)}
    with house.deployment(build=False, settings=settings) as deployed:
        total = write_corpus(deployed, options.files)
        make_lists(deployed)
        peer(deployed, *PEERS["digest stage"])  # all in the page cache
        rows = [one_repetition(deployed, total) for _ in range(options.repeat)]
    if options.no_lease:
        for row in rows:
            row |= without_lease(settings)
    return total, rows


def without_lease(settings):
    with house.deployment(build=False, settings=settings, lease=False) as deployed:
        total = write_corpus(deployed, options.no_lease)
        make_lists(deployed)
        row = backlog(deployed, total)
    return {
        "CPU us a file, no lease": row["daemon, backlog"] / options.no_lease * 1e6,
        "files/s, no lease": row["files/s"],
    }


def one_repetition(deployed, total):
    row = backlog(deployed, total)
    row |= {name: peer(deployed, *how) for name, how in PEERS.items()}
    row[TWICE] = digest_stage_twice(deployed)
    row["moves"] = moves(deployed)
    if options.clamd and clamd.is_installed():
        chosen = [os.path.join(deployed.area("tmp"), name) for name in names(deployed, options.clamd)]
        row["clamd"] = clamd.seconds_a_file(deployed.list, chosen) * options.files  # of a part, as if of all
    for name in [*PEERS, TWICE, "clamd"]:
        row[f"daemon / {name}"] = row.get(name) and row["daemon, backlog"] / row[name]
    if row["digest stage"]:
        row["daemon / (digest stage + moves)"] = row["daemon, backlog"] / (row["digest stage"] + row["moves"])
    if options.stream:
        row |= streaming(deployed)
        if options.sparse:
            row |= beside_a_large_file(deployed)
    return row


def spread(rows):
    """Minimum, median and maximum of each figure that was measured."""
    columns = {name: [row[name] for row in rows] for name in rows[0] if rows[0][name] is not None}
    return {name: [min(of), statistics.median(of), max(of)] for name, of in columns.items()}


def show(total, figures):
    print(f"{options.files} files, {total / 1e6:.1f} MB, {options.repeat} repetitions; CPU seconds unless it says other")
    print(f"{'':32}{'minimum':>12}{'median':>12}{'maximum':>12}{'us a file':>12}{'MB/CPU s':>12}")
    for name, (low, middle, high) in figures.items():
        line = f"{name:32}{low:12.2f}{middle:12.2f}{high:12.2f}"
        if name in PEERS or name in ("daemon, backlog", TWICE, "moves", "clamd"):
            line += f"{middle / options.files * 1e6:12.1f}{total / middle / 1e6:12.0f}"
        print(line)


if __name__ == "__main__":
    options = arguments()
    options.stream = min(options.stream, options.files)
    house = import_house()
    total, figures = (lambda measured: (measured[0], spread(measured[1])))(measure())
    if options.json:
        print(json.dumps({"files": options.files, "bytes": total, "repetitions": options.repeat, "figures": figures}))
    else:
        show(total, figures)
