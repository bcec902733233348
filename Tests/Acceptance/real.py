"""Real files of this machine go through as they are, and every digest equals what coreutils says.

    real.py [--count 10000] [--seed S] [case...]

Twenty of the files are listed, by MD5, SHA-1 or SHA-256. Files are taken from where packages keep them: documents,
pictures, libraries, programs, headers, archives.
"""

import argparse
import base64
import collections
import json
import os
import stat
import subprocess
import sys

import house as shared
from house import case, chance, deployment, expect, expect_equal, run_cases, sha256

PLACES = (
    "/usr/share/doc", "/usr/share/pixmaps", "/usr/share/backgrounds", "/usr/share/icons", "/usr/share/man", "/usr/lib",
    "/usr/bin", "/usr/include", "/usr/share", "/var/cache")
LARGEST = 16 << 20  # bytes of one file
MOST = 2 << 30  # bytes of all files
BATCH = 500  # files that one program is given
TOOLS = ("md5sum", "sha1sum", "sha256sum")

Real = collections.namedtuple("Real", "source name mode size")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=shared.SEED)
    found, sys.argv[1:] = parser.parse_known_args()
    shared.SEED = found.seed
    chance.seed(found.seed)
    return found


# Collecting

def collect(count):
    """So many regular files that anybody may read, at random, every place having its share."""
    waiting = [candidates(place) for place in PLACES]
    chosen, total = {}, 0
    while len(chosen) < count and any(waiting):
        for files in filter(None, waiting):
            file = files.pop()
            if file.name not in chosen and total + file.size <= MOST and len(chosen) < count:
                chosen[file.name] = file
                total += file.size
    expect(len(chosen) >= min(count, 1000), f"only {len(chosen)} files found on this machine")
    print(f"   {len(chosen)} files, {total >> 20} MiB")
    return list(chosen.values())


def candidates(place):
    """Files below a place in a random order. Their names go without what a spool gives a meaning of its own."""
    found = []
    for folder, folders, names in os.walk(os.fsencode(place)):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            is_plain = stat.S_ISREG(status.st_mode) and status.st_mode & 0o004 and status.st_size <= LARGEST
            if is_plain and b"\n" not in path and not name.endswith(b".meta.json"):
                mode = stat.S_IMODE(status.st_mode) & 0o770 | 0o440
                found.append(Real(path, path.lstrip(b"/"), mode, status.st_size))
    chance.shuffle(found)
    return found


def batches(files):
    for start in range(0, len(files), BATCH):
        yield files[start:start + BATCH]


def read(path):
    with open(path, "rb") as file:
        return file.read()


# Judges

def coreutils(files):
    """{source: (md5, sha1, sha256)} as coreutils has it."""
    digests = collections.defaultdict(list)
    for tool in TOOLS:
        for batch in batches(files):
            command = [tool, "--zero", "--", *[file.source for file in batch]]
            for line in subprocess.run(command, check=True, capture_output=True).stdout.split(b"\0")[:-1]:
                digest, _, source = line.partition(b"  ")
                digests[source].append(digest.decode())
    return {source: tuple(found) for source, found in digests.items()}


def breakwater_digests(house, files):
    """The same by `breakwater digest`, with the size."""
    digests = {}
    for batch in batches(files):
        command = [os.path.join(house.bin, "breakwater"), "digest", "--", *[file.source for file in batch]]
        done = subprocess.run(command, capture_output=True)
        expect(done.returncode == 0, f"breakwater digest: {done.returncode} {done.stderr[:500]}")
        for line in done.stdout.splitlines():
            *found, size, source = line.split(None, 4)
            digests[source] = (*[digest.decode() for digest in found], int(size))
    return digests


def scanned(house, files):
    """{source: verdict} by `breakwater scan --json`, which looks and moves nothing."""
    verdicts = {}
    for batch in batches(files):
        command = ["scan", "--json", *[os.fsdecode(file.source) for file in batch]]
        done = house.cli(*command, seconds=600)
        expect(done.code in (0, 1), f"breakwater scan: {done}"[:2000])
        for answer in map(json.loads, done.out.splitlines()):
            verdicts[path_of(answer)] = answer["verdict"]
    return verdicts


def path_of(answer):
    """The exact bytes; `path` alone where they are text."""
    return base64.b64decode(answer["path_base64"]) if "path_base64" in answer else answer["path"].encode()


# The case

@case
def real_files_are_told_apart_and_left_as_they_are():
    with deployment(build=False, settings={("scan", "sweep"): '"24 h"'}) as house:  # no hint may be lost
        files = collect(options.count)
        digests = coreutils(files)
        judge_digests(house, files, digests)
        listed = choose_listed(files, digests)
        house.list_and_build([digests[file.source][number % 3] for number, file in enumerate(listed)])
        values = {digests[file.source][2] for file in listed}
        matches = [file for file in files if digests[file.source][2] in values]
        judge_scan(house, files, matches)
        judge_passage(house, files, matches, digests)


def choose_listed(files, digests):
    """Twenty files, none empty, of twenty contents."""
    by_content = {digests[file.source][2]: file for file in files if file.size}
    return chance.sample(sorted(by_content.values()), 20)


def judge_digests(house, files, digests):
    found = breakwater_digests(house, files)
    other = [file for file in files if found.get(file.source) != (*digests[file.source], file.size)]
    expect(not other, lambda: f"{len(other)} digests differ: {other[0]}, {found.get(other[0].source)}")


def judge_scan(house, files, matches):
    verdicts = scanned(house, files)
    wanted = {file.source: "released" for file in files} | {file.source: "match" for file in matches}
    other = [source for source in wanted if verdicts.get(source) != wanted[source]]
    expect(not other, lambda: f"{len(other)} verdicts of scan differ: {other[0]!r}, {verdicts.get(other[0])}")


def judge_passage(house, files, matches, digests):
    """All that is not listed comes out under its own path with its bytes and its mode; the rest is preserved."""
    for file in files[:len(files) // 2]:
        hand_over(house, file)
    house.start()
    for file in files[len(files) // 2:]:
        hand_over(house, file)
    house.await_idle(seconds=300)
    house.check_spool()
    expect_equal(house.stop(), 0, "exit code after SIGTERM")
    wanted = {file.name: file for file in files if file not in set(matches)}
    expect_equal(house.files("released"), sorted(wanted), "paths in released/")
    for name, file in wanted.items():
        path = os.path.join(os.fsencode(house.released), name)
        found = (stat.S_IMODE(os.lstat(path).st_mode), sha256(read(path)))
        expect_equal(found, (file.mode, digests[file.source][2]), f"mode and digest of {name!r}")
    preserved = collections.Counter(house.digest_in(bundle) for bundle in house.bundles())
    expect_equal(preserved, collections.Counter(digests[file.source][2] for file in matches), "contents of bundles")


def hand_over(house, file):
    house.put(file.name, read(file.source), file.mode)


if __name__ == "__main__":
    options = arguments()
    run_cases()
