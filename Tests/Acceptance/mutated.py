"""Pictures with wrong bytes, through the real decoder: each is answered, and none costs another anything.

    mutated.py [--count 2000] [case...]

Judged: every file gets one answer, a hash or a reason; and a daemon that was fed with them has no more descriptors,
memory or decoders than before, released or held each of them, and still decodes a sound picture.
"""

import argparse
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile

from house import BINARIES, CHECKOUT, case, chance, deployment, expect, expect_equal, run_cases, until

PDQ = {("list", "format"): '"pdq"', ("scan", "sweep"): '"1 s"'}
# What is answered only after a look at millions of pixels.
SLOW = {"bomb.png", "wide.png", "half-wide.png", "large-screen.gif", "tall.jpg", "tall-progressive.jpg"}
BATCH = 1_000
TELLING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff", b"\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=2_000)
    found, sys.argv[1:] = parser.parse_known_args()
    return found


def samples():
    paths = sorted(glob.glob(os.path.join(CHECKOUT, "Tests/PictureWorkTests/Samples/*.*")))
    for path in paths:
        if os.path.basename(path) not in SLOW and not path.endswith(".py"):
            with open(path, "rb") as file:
                yield file.read()


def mutated(pictures):
    """A picture whose first bytes still tell its format, and that is wrong in one to eight other places."""
    picture = bytearray(chance.choice(pictures))
    magic = bytes(picture[:12])
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(12, len(picture))
        some = chance.randint(1, 64)
        deed = chance.randrange(6)
        if deed == 0:
            picture[at] = chance.randrange(256)
        elif deed == 1:
            wrong = chance.choice(TELLING)
            picture[at:at + len(wrong)] = wrong
        elif deed == 2:
            del picture[at:at + some]
        elif deed == 3:
            picture[at:at] = picture[at:at + some]
        elif deed == 4:
            other = chance.choice(pictures)
            begin = chance.randrange(len(other))
            picture[at:at] = other[begin:begin + some]
        else:
            del picture[at:]
        picture += bytes(max(0, 13 - len(picture)))
    return magic + bytes(picture[12:])


def answers(folder, count):
    """What `breakwater pdq` says of so many new files: outcomes, counted."""
    paths = [os.path.join(folder, str(number)) for number in range(count)]
    for path in paths:
        with open(path, "wb") as file:
            file.write(mutated(originals))
    ran = subprocess.run([os.path.join(BINARIES, "breakwater"), "pdq", "--json", *paths], capture_output=True,
                         timeout=60 + count, stdin=subprocess.DEVNULL)
    expect(ran.returncode in (0, 3), f"pdq ended with {ran.returncode}: {ran.stderr[-500:]}")
    hashed = [json.loads(line) for line in ran.stdout.splitlines()]
    refused = [line for line in ran.stderr.decode().splitlines() if ": error: " in line]
    named = {one["path"] for one in hashed} | {line.split(": ")[2] for line in refused}
    expect_equal(named, set(paths), "files that were answered")
    expect_equal(len(hashed) + len(refused), count, "answers")
    reasons = collections.Counter(line.split(": ", 3)[3] for line in refused)
    reasons.update("truncated" if one["truncated"] else "whole" for one in hashed)
    return reasons


@case
def every_mutated_picture_is_answered():
    outcomes = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for done in range(0, options.count, BATCH):
            outcomes += answers(folder, min(BATCH, options.count - done))
    print("   " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    # A decoder that is lost shows in the worker's own tests; here it must stay what it is, rare and contained.
    expect(outcomes["decoder-died"] <= max(2, options.count // 1_000), f"{outcomes['decoder-died']} decoders were lost")


@case
def a_daemon_that_is_fed_with_them_is_none_the_worse():
    count = min(options.count, 1_000)
    with deployment(listed=0, settings=PDQ) as house:
        house.list_and_build([f"{chance.getrandbits(256):064x}" for _ in range(10)])
        house.start()

        def feed(number):
            for index in range(count // 2):
                house.hand_over(f"{number}-{index}", mutated(originals))
            house.judge(may_be_held=True, seconds=60 + count // 5)

        feed(1)
        descriptors, resident = figures(house)
        feed(2)
        until(lambda: figures(house)[0] <= descriptors + 2, lambda: f"{figures(house)[0]} descriptors, {descriptors} before")
        grown = figures(house)[1] - resident
        expect(grown < 16 << 20, f"{grown} more bytes are resident")
        starts = house.metric("breakwater_decoder_starts_total")
        expect(starts <= 4 + count // 500, f"{starts} decoders were started")
        house.hand_over("sound.png", next(iter(originals)))
        house.await_released("sound.png")
        house.check_spool()


def figures(house):
    """Descriptors and resident bytes of the daemon."""
    process = f"/proc/{house.daemon.pid}"
    with open(f"{process}/statm", encoding="ascii") as file:
        return len(os.listdir(f"{process}/fd")), int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    options = arguments()
    originals = list(samples())
    run_cases()
