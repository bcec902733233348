"""Killed again and again while uploads go through, the daemon loses nothing and does nothing twice.

Guarantees 1 to 4 and 6 of docs/spool-states.md, judged by the list of what was handed over, and `scan.crash_limit`.

    crash.py [--rounds 50] [--files 5000] [--matches 100] [--seed S] [case...]
"""

import argparse
import collections
import hashlib
import os
import stat
import sys
import time

import house as shared
from house import application, case, chance, deployment, expect, expect_equal, run_cases, sha256, some_bytes, until

Upload = collections.namedtuple("Upload", "name content context mode is_match")

MODES = (0o660, 0o640, 0o440, 0o770)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--matches", type=int, default=100)
    parser.add_argument("--seed", type=int, default=shared.SEED)
    found, sys.argv[1:] = parser.parse_known_args()
    shared.SEED = found.seed
    chance.seed(found.seed)
    return found


# What is handed over

def invent(files, matches, listed):
    """Uploads in a random order: nested or not, with a context or without, some with the same content under other
    names. Two in a hundred matches are listed by their context alone."""
    uploads = [invent_one(number, listed[number % len(listed)]) for number in range(matches)]
    contents = [some_bytes(size()) for _ in range(max(1, (files - matches) * 9 // 10))]
    for number in range(matches, files):
        content = contents[number] if number < len(contents) else chance.choice(contents)
        uploads.append(invent_one(number, content)._replace(is_match=False))
    for number in range(0, matches, 50):
        uploads[number] = uploads[number]._replace(content=some_bytes(), context=listed[number % len(listed)])
    chance.shuffle(uploads)
    return uploads


def invent_one(number, content):
    depth = chance.choice((0, 0, 1, 3))
    folders = [f"{chance.randrange(8)}" for _ in range(depth)]
    context = b'{"event":"upload","n":%d}\n' % number if chance.random() < 0.3 else None
    return Upload("/".join([*folders, f"upload {number}"]), content, context, chance.choice(MODES), True)


def size():
    return chance.choice((16, 600, 4096, 20_000, 20_000, 300_000))


def prepare(house, uploads, count):
    """Builds so many uploads in tmp/, taken off `uploads`. Returns the renames that hand them over, contexts first."""
    renames = []
    with application():
        for upload in [uploads.pop() for _ in range(min(count, len(uploads)))]:
            if upload.context is not None:
                renames.append(prepare_one(house, upload.name + ".meta.json", upload.context, upload.mode))
            renames.append(prepare_one(house, upload.name, upload.content, upload.mode))
    return renames


def prepare_one(house, name, content, mode):
    return house.build_in_tmp(content, mode), house.make_parents(name)


def hand_over(renames):
    with application():
        for built, goal in renames:
            os.rename(built, goal)


# Rounds

def run_and_kill(house, uploads, count):
    """One round: some of `count` uploads wait at the start, some come while the daemon runs, and the rest in one burst
    right before it is killed, so that it dies with its hands full.

    Returns how many files it had in hand then, and how many bundles were half-written.
    """
    hand_over(prepare(house, uploads, count // 4))
    burst = prepare(house, uploads, count // 2)
    house.launch()
    deadline = time.monotonic() + chance.uniform(0.05, 2)
    hand_over(prepare(house, uploads, count - count // 4 - count // 2))
    time.sleep(max(0, deadline - time.monotonic()))
    hand_over(burst)
    time.sleep(chance.choice((0, 0.01, 0.03, 0.1)))
    expect(house.is_running, lambda: f"breakwaterd ended with {house.daemon.poll()}: {house.log()[-2000:]}")
    house.kill()
    return len(house.files("work")), len(hidden_in_vault(house))


# Judging

def judge_spool(house, uploads):
    """Guarantee 1 and 2: what matched nothing lies in released/ as it was handed over, and nothing else is there."""
    wanted = {}
    for upload in uploads:
        if not upload.is_match:
            wanted[os.fsencode(upload.name)] = (upload.mode, sha256(upload.content))
            if upload.context is not None:
                wanted[os.fsencode(upload.name) + b".meta.json"] = (upload.mode, sha256(upload.context))
    for area in ("tmp", "incoming", "work"):
        expect_equal(house.files(area), [], f"files in {area}/")
    expect_equal(os.listdir(house.area("held")), [], "files in held/")
    found = {name: appearance(os.path.join(os.fsencode(house.released), name)) for name in house.files("released")}
    missing, added = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    expect(not missing and not added, f"released/: {len(missing)} missing {sorted(missing)[:3]}, {len(added)} added "
           f"{sorted(added)[:3]}")
    other = {name: (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]}
    expect(not other, f"released/: {len(other)} differ, among them {list(other.items())[:2]}")


def appearance(path):
    with open(path, "rb") as file:
        return stat.S_IMODE(os.lstat(path).st_mode), hashlib.file_digest(file, "sha256").hexdigest()


def judge_evidence(house, uploads):
    """Guarantee 3 and 4: each match has exactly one bundle, whole, with its rows and its draft."""
    matches = {os.fsencode(upload.name): upload for upload in uploads if upload.is_match}
    rows = house.ledger("SELECT id, path, stage, rests FROM upload")
    expect_equal(sorted(path for _, path, _, _ in rows), sorted(matches), "paths that have rows")
    stages = {(stage, rests) for _, _, stage, rests in rows}
    expect_equal(stages, {("awaiting-review", 1)}, "stages of the rows")
    bundles = {os.path.basename(path).removeprefix("ex-"): path for path in house.bundles()}
    identifiers = sorted(identifier for identifier, _, _, _ in rows)
    expect_equal(sorted(bundles), identifiers, "bundles, by their upload")
    expect_equal([os.path.basename(path) for path in house.drafts()], identifiers, "drafts, by their upload")
    for identifier, path, _, _ in rows:
        judge_bundle(house, bundles[identifier], matches[path])
        names = sorted(os.listdir(os.path.join(house.state, "drafts", identifier)))
        expect_equal(names, ["draft.age.body", "draft.custodians.age.hdr", "draft.review.age.hdr"], f"files of draft {identifier}")
    digests = collections.Counter(sha256(upload.content) for upload in matches.values())
    found = collections.Counter(house.digest_in(path) for path in bundles.values())
    expect_equal(found, digests, "bundles, by their content")
    expect_equal(hidden_in_vault(house), [], "what is hidden in the vault")


def hidden_in_vault(house):
    """What is being written, or was when the daemon was killed."""
    return [name for _, folders, names in os.walk(house.state + "/vault") for name in folders + names if name[0] == "."]


def judge_bundle(house, bundle, upload):
    """A bundle opens to its upload and its context, and equals its manifests."""
    expect_equal(house.digest_in(bundle), sha256(upload.content), f"content of {bundle}")
    expect_equal(house.context_of(bundle), upload.context, f"context of {bundle}")
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        with open(os.path.join(bundle, manifest), encoding="utf-8") as file:
            lines = [line.split(maxsplit=1) for line in file.read().splitlines()]
        expect(lines, f"{bundle}: {manifest} is empty")
        for digest, name in lines:
            expect_equal(appearance(os.path.join(bundle, name))[1], digest, f"{bundle}: {name} by {manifest}")


def everything(house):
    """All that is on the disk, to compare before and after: spool, vault, drafts, and the ledger's rows."""
    found = {}
    for top in (house.spool, house.state + "/vault", house.state + "/drafts"):
        for folder, _, names in os.walk(top):
            found[folder] = entry(folder)
            found.update((os.path.join(folder, name), entry(os.path.join(folder, name))) for name in names)
    for table in ("upload", "event", "context", "generation"):
        found[table] = house.ledger(f"SELECT * FROM {table} ORDER BY 1, 2")
    return found


def entry(path):
    """A file by inode, owner, mode, time and content; a directory by inode, owner and mode."""
    status = os.lstat(path)
    same = (status.st_ino, status.st_uid, status.st_gid, status.st_mode)
    return same if stat.S_ISDIR(status.st_mode) else (*same, status.st_mtime_ns, appearance(path)[1])


def expect_no_change(before, after, what):
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    shown = [(key, before.get(key), after.get(key)) for key in changed[:3]]
    expect(not changed, f"{what} changed {len(changed)}: {shown}")


# Cases

@case
def killed_at_any_moment_nothing_is_lost_or_done_twice():
    listed = max(1, options.matches * 3 // 4)
    with deployment(listed=listed, settings={("scan", "crash_limit"): "0"}) as house:
        uploads = invent(options.files, options.matches, house.listed)
        waiting = list(uploads)
        share = -(-options.files // options.rounds)
        in_hand, half_written = zip(*[run_and_kill(house, waiting, share) for _ in range(options.rounds)])
        print(f"   {options.rounds} kills, {sum(map(bool, in_hand))} of them with {sum(in_hand)} uploads in hand and "
              f"{sum(half_written)} bundles half-written; {len(house.bundles())} bundles before the last start")
        hand_over(prepare(house, waiting, len(waiting)))
        house.start()
        house.await_idle(seconds=300)
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        judge_spool(house, uploads)
        judge_evidence(house, uploads)
        house.check_spool()
        second_recovery_changes_nothing(house)


def second_recovery_changes_nothing(house):
    """Guarantee 6, after an orderly end and after a kill."""
    before = everything(house)
    house.start()
    house.await_idle()
    house.stop()
    expect_no_change(before, everything(house), "a second recovery")
    house.start()
    house.kill()
    house.start()
    house.await_idle()
    house.stop()
    expect_no_change(before, everything(house), "a recovery after a kill at rest")


@case
def an_upload_that_the_daemon_dies_on_three_times_is_held():
    with deployment(settings={("scan", "crash_limit"): "3"}) as house:
        hand_over_sparse(house, "large", 64 << 30)
        for _ in range(3):
            house.launch()
            await_reading(house)
            house.kill()
            house.hand_over(f"other {len(house.handed)}", some_bytes())
        house.start()
        held = until(lambda: house.ledger("SELECT id FROM upload WHERE stage = 'held'"), "the upload to be held")
        expect_equal(house.files("held"), [os.fsencode(held[0][0])], "files in held/")
        expect_equal(interruptions(house), 3, "rows of interruptions")
        shown = house.cli("held", "list", "--json")
        expect(shown.code == 0 and "crash-limit" in shown.out, f"held list: {shown}")
        expect_equal(house.metric("breakwater_held_total", reason="crash-limit"), 1, "uploads held by reason")
        house.await_released(*[handed.name for handed in house.handed])
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code after SIGTERM")


@case
def an_orderly_stop_is_no_interruption():
    with deployment(settings={("scan", "crash_limit"): "3", ("scan", "drain"): '"0 s"'}) as house:
        hand_over_sparse(house, "large", 4 << 30)
        for kills, end in enumerate((house.stop, house.stop, house.kill, house.stop, house.stop, house.kill)):
            house.launch()
            await_reading(house)
            expect(end() in (0, None), "breakwaterd did not end in order")
            expect_equal(house.files("work"), [b"large"], f"files in work/ after {kills + 1} ends")
        house.start()
        expect_equal(interruptions(house), 2, "rows of interruptions after two kills and four stops")
        until(lambda: house.is_released("large"), lambda: f"large in released/; {house.whereabouts()}", seconds=240)
        until(lambda: not house.ledger("SELECT id FROM upload"), "rows of a released upload to go")
        house.check_spool()


def hand_over_sparse(house, name, length):
    """A file of holes, large enough to be read for a while."""
    with application():
        built = house.build_in_tmp(b"", 0o660)
        os.truncate(built, length)
        os.rename(built, house.make_parents(name))


def await_reading(house):
    """Until the daemon has read 100 MB, which only the large upload has."""
    until(lambda: bytes_read(house.daemon.pid) > 100_000_000, lambda: f"the upload to be read; {house.whereabouts()}")


def bytes_read(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return int(file.readline().split()[1])


def interruptions(house):
    return house.ledger("SELECT count(*) FROM event WHERE name = 'interrupted'")[0][0]


if __name__ == "__main__":
    options = arguments()
    run_cases()
