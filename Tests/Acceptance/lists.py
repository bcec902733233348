"""Looking after lists: what `breakwater list` says of generations, and the ways back.

Judged: every byte of a generation is one that `verify` knows; a look-up is on record and tells no value; content that is
signed again is served; a build that is killed or finds no room leaves the old generation and nothing else, a delta too.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time

from house import (
    DAEMON, Skipped, case, deployment, expect, expect_equal, needs_root, run_cases, sha256, some_bytes, until)


def lists_of(house):
    return os.path.join(house.state, "lists")


def current(house):
    with open(os.path.join(lists_of(house), "current"), encoding="ascii") as file:
        return file.read().strip()


def generations(house):
    return sorted(name for name in os.listdir(lists_of(house)) if name.startswith(("g", ".")))


@case
def inspect_says_what_can_match_and_how_old_it_is():
    with deployment(listed=3) as house:
        found = house.cli_json("list", "inspect")
        expect_equal([entry["entries"] for entry in found["lists"]], [3], "entries")
        expect_equal([entry["elsewhere"] for entry in found["lists"]], [0], "entries for other hashers")
        expect_equal([entry["age_days"] for entry in found["lists"]], [0], "age")
        said = house.cli("list", "inspect")
        expect("of 3 entries 3 can match here" in said.out, f"coverage: {said}")


@case
def the_age_of_a_list_counts_from_its_supplier_its_file_or_the_build():
    with deployment(build=False) as house:
        house.set("list", "maximum_age", '"30 d"')
        house.write_list(["00112233445566778899aabbccddeeff"])
        old = time.time() - 40 * 86_400
        os.utime(house.list, (old, old))
        expect_equal(house.build().code, 0, "a build of an old file")
        said = house.cli("list", "inspect")
        expect_equal(said.code, 1, f"a stale list: {said}")
        expect("its file was modified 40 days ago of at most 30, stale" in said.out, said.out)
        house.start()
        dated = house.metric("breakwater_list_dated_timestamp_seconds", list="demo", by="file")
        expect(abs(dated - old) < 1, f"the metric: {dated}, wanted {old}")
        expect("list demo is past its maximum age" in house.ready()[1], f"notes: {house.ready()}")
        house.set("list", "format", '"ndjson"')
        with open(house.list, "w", encoding="ascii") as file:
            file.write('{"updated":"2026-01-02T03:04:05Z"}\n{"md5":"00112233445566778899aabbccddeeff"}\n')
        expect_equal(house.build().code, 0, "a build of a list that states a time")
        found = house.cli_json("list", "inspect", code=1)["lists"][0]
        expect_equal((found["dated_by"], found["dated"]), ("supplier", "2026-01-02T03:04:05.000000000Z"), "the date")
        until(lambda: house.metric("breakwater_list_dated_timestamp_seconds", by="supplier"), "the new generation")
        expect_equal(house.stop(), 0, "exit code")


@case
def a_ledger_that_cannot_be_read_stops_no_build():
    with deployment() as house:
        house.start()
        expect_equal(house.stop(), 0, "exit code")
        house.list_and_build([sha256(some_bytes())])
        os.remove(os.path.join(house.state, "ledger.db-wal"))
        with open(os.path.join(house.state, "ledger.db"), "r+b") as file:
            file.write(b"no database" * 100)
        for verb in ("build", "rollback"):
            before = current(house)
            ran = house.cli("list", verb)
            expect_equal(ran.code, 0, f"list {verb} beside a damaged ledger: {ran}")
            expect("the ledger cannot be read" in ran.err and "--counter" in ran.err, f"the note: {ran}")
            expect(current(house) > before, f"the counter: {current(house)} after {before}")


def verify_finds_each_turned_bit(house, folder):
    """Turns one bit at the beginning, in the middle and at the end of each file; all is as it was afterwards."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            whole = file.read()
        for place in (0, len(whole) // 2, len(whole) - 1):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            with open(path, "wb") as file:
                file.write(damaged)
            ran = house.cli("list", "verify")
            expect_equal(ran.code, 1, f"verify with byte {place} of {name} changed; {ran}")
            expect(ran.out.startswith("refused: "), f"what is wrong: {ran}")
        with open(path, "wb") as file:
            file.write(whole)
    expect_equal(house.cli("list", "verify").code, 0, "verify once all is as it was")


@case
def one_bit_turned_anywhere_is_found_by_verify():
    with deployment() as house:
        expect_equal(house.cli("list", "verify").code, 0, "verify of a whole generation")
        folder = os.path.join(lists_of(house), current(house))
        verify_finds_each_turned_bit(house, folder)


@case
def a_lookup_is_on_record_and_tells_no_value():
    with deployment() as house:
        listed, absent = sha256(house.listed[0]), sha256(some_bytes())
        begin = time.monotonic()
        hit = house.cli("list", "lookup", asked=listed + "\n")
        expect_equal((hit.code, hit.out.split()[0]), (1, "demo#1"), "a listed digest")
        miss = house.cli("list", "lookup", "-", asked=absent)
        expect_equal(miss.code, 0, "a digest on no list")
        house.cli("list", "lookup", asked=listed + "\n")
        expect(time.monotonic() - begin >= 2, "three questions in less than two seconds")
        with open(os.path.join(lists_of(house), "lookups.log"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        expect_equal(len(lines), 3, "lines on record")
        expect(all(re.fullmatch(r"\S+Z [0-9a-f]{32} .+", line) for line in lines), f"the record: {lines}")
        tags = [line.split()[1] for line in lines]
        expect(tags[0] == tags[2] != tags[1], f"tags: {tags}")
        for value in (listed, absent):
            expect(value[:32] not in "".join(lines) and value not in hit.out + miss.out, "a value is told")
        expect_equal(house.cli("list", "lookup", asked="xyz").code, 64, "no digest")
        expect_equal(house.cli("list", "lookup").code, 64, "nothing asked")
        told = house.cli("list", "lookup", listed)
        expect_equal(told.code, 64, "a value on the command line")
        expect(listed not in told.out + told.err, "a value of the command line is told")


@case
def diff_counts_what_two_generations_do_not_share():
    with deployment(listed=3) as house:
        old = current(house)
        digests = [sha256(content) for content in house.listed]
        house.list_and_build(digests[1:] + [sha256(some_bytes()), sha256(some_bytes())])
        expect_equal(
            house.cli_lines("list", "diff", old, code=1),
            [{"list": "demo", "added": 2, "removed": 1, "kept": 2}], "the difference")
        expect_equal(house.cli("list", "diff", old, old).code, 0, "a generation and itself")


@case
def rollback_serves_the_older_content_under_a_new_counter():
    with deployment() as house:
        old = [sha256(content) for content in house.listed]
        house.start()
        house.list_and_build([sha256(some_bytes())])
        until(lambda: house.metric("breakwater_list_entries") == 1, "the new generation")
        ran = house.cli("list", "rollback")
        expect_equal(ran.code, 0, f"rollback: {ran}")
        until(lambda: house.metric("breakwater_list_entries") == len(old), "the older content")
        expect(current(house).startswith("g0000000003-"), f"the counter: {current(house)}")
        expect_equal(house.cli("list", "verify").code, 0, "verify")
        house.put("upload", house.listed[0])
        house.await_bundles(1)
        expect_equal(house.stop(), 0, "exit code")


@case
def a_build_that_is_killed_at_any_moment_leaves_the_old_generation():
    with deployment() as house:
        lines = [f"{random.getrandbits(128):032x}" for _ in range(60_000)]
        begin = time.monotonic()
        house.list_and_build(lines)
        took = time.monotonic() - begin
        house.list_and_build(lines[1:])
        for number in range(12):
            before = current(house)
            command = [*house.as_daemon(), os.path.join(house.bin, "breakwater"), "list", "build", "--config",
                       house.config]
            build = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(took * (number + 1) / 12)
            build.send_signal(signal.SIGKILL)
            build.wait()
            expect(current(house) >= before, "an older generation")
            expect_equal(house.cli("list", "verify").code, 0, f"verify after a kill in round {number}")
        expect_equal(house.build().code, 0, "the next build")
        left = generations(house)
        expect(len(left) == 2 and not any(name.startswith(".") for name in left), f"left behind: {left}")


@case
def a_build_without_room_leaves_the_old_generation_and_nothing_else():
    needs_root()
    with deployment() as house:
        lists = lists_of(house)
        size = "size=2m,mode=0700,uid={0},gid={0}".format(DAEMON)
        kept = os.path.join(house.root, "kept")
        subprocess.run(["cp", "-a", lists, kept], check=True)
        house.mount("-t", "tmpfs", "-o", size, "tmpfs", at=lists)
        subprocess.run(["cp", "-a", kept + "/.", lists], check=True)
        before, there = current(house), generations(house)
        house.write_list(f"{random.getrandbits(128):032x}" for _ in range(100_000))
        ran = house.build()
        expect(ran.code in (70, 75), f"a build without room: {ran}")
        expect_equal((current(house), generations(house)), (before, there), "what is there afterwards")
        expect_equal(house.cli("list", "verify").code, 0, "verify")


def many(house, count=2_000):
    """A list that is long enough for a delta, whole and installed."""
    lines = [f"{random.getrandbits(128):032x}" for _ in range(count)] + [sha256(one) for one in house.listed]
    house.write_list(lines)
    expect_equal(house.cli("list", "build", "--whole").code, 0, "a whole build")
    return lines


@case
def a_small_update_is_a_delta_that_the_daemon_serves():
    with deployment(listed=3) as house:
        lines = many(house)
        base = current(house)
        house.start()
        until(lambda: house.metric("breakwater_list_entries") == len(lines), "the base")
        fresh = some_bytes()
        house.write_list(lines[1:-1] + [sha256(fresh)])
        ran = house.cli("list", "build")
        expect(f"a delta upon {base}, 1 added and 2 withdrawn" in ran.out, f"what was built: {ran}")
        until(lambda: house.metric("breakwater_list_entries") == len(lines) - 1, "the delta")
        house.put("withdrawn", house.listed[2])
        house.put("added", fresh)
        house.put("kept", house.listed[0])
        house.await_bundles(2)
        until(lambda: b"withdrawn" in house.files("released"), "what is listed no more is released")
        expect_equal(house.stop(), 0, "exit code")

        found = house.cli_json("list", "inspect")
        expect_equal((found["built_upon"], found["added"], found["withdrawn"]), (base, 1, 2), "inspect")
        expect_equal(
            house.cli_lines("list", "diff", base, code=1),
            [{"list": "demo", "added": 1, "removed": 2, "kept": len(lines) - 2}], "the difference")
        expect_equal(house.cli("list", "rollback").code, 0, "rollback")
        found = house.cli_json("list", "inspect")
        expect_equal((found["built_upon"], found["entries"]), (None, len(lines)), "the base's content again")
        expect_equal(house.cli("list", "verify").code, 0, "verify")


@case
def one_bit_turned_anywhere_in_a_delta_is_found_by_verify():
    with deployment() as house:
        lines = many(house)
        house.list_and_build(lines[1:] + [f"{random.getrandbits(128):032x}"])
        folder = os.path.join(lists_of(house), current(house))
        names = sorted(os.listdir(folder))
        expect("delta.changes" in names, f"not a delta: {names}")
        verify_finds_each_turned_bit(house, folder)
        os.rename(f"{folder}/md5.suffixes", f"{folder}/away")
        expect_equal(house.cli("list", "verify").code, 1, "verify without a file of the base")
        ran = house.cli("list", "build")
        expect("whole, since the installed generation cannot be built upon" in ran.out, f"upon a lost base: {ran}")


@case
def a_delta_that_is_killed_at_any_call_leaves_the_old_generation():
    if shutil.which("strace") is None:
        raise Skipped("needs strace")
    with deployment() as house:
        lines = many(house, 500)
        house.list_and_build(lines[1:])
        serving = current(house)
        killed = 0
        for call, step in (("linkat", 1), ("fsync", 2), ("renameat2", 1), ("openat2", 5)):
            for number in range(1, 400, step):
                house.write_list(lines[2:] + [f"{random.getrandbits(128):032x}"])
                command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:signal=SIGKILL:when={number}", *house.as_daemon(),
                           os.path.join(house.bin, "breakwater"), "list", "build", "--config", house.config]
                ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
                now = current(house)
                expect(now >= serving, "an older generation")
                serving = now
                if killed % 5 == 0:
                    expect_equal(house.cli("list", "verify").code, 0, f"verify after {call} {number}")
                if ran.returncode == 0:
                    break
                killed += 1
        expect_equal(house.build().code, 0, "the next build")
        expect_equal(house.cli("list", "verify").code, 0, "verify")
        left = generations(house)
        expect(len(left) == 2 and not any(name.startswith(".") for name in left), f"left behind: {left}")
        print(f"   killed {killed} times")


@case
def a_delta_without_room_leaves_the_old_generation_and_nothing_else():
    needs_root()
    with deployment() as house:
        lines = many(house, 60_000)
        lists = lists_of(house)
        used = sum(entry.stat().st_blocks * 512 for name in generations(house)
                   for entry in os.scandir(os.path.join(lists, name)))
        kept = os.path.join(house.root, "kept")
        subprocess.run(["cp", "-a", lists, kept], check=True)
        size = f"size={used + 32_000},mode=0700,uid={DAEMON},gid={DAEMON}"
        house.mount("-t", "tmpfs", "-o", size, "tmpfs", at=lists)
        subprocess.run(["cp", "-a", kept + "/.", lists], check=True)
        before, there = current(house), generations(house)
        house.write_list(lines[1_000:])
        ran = house.build()
        expect(ran.code in (70, 75), f"a delta without room: {ran}")
        expect_equal((current(house), generations(house)), (before, there), "what is there afterwards")
        expect_equal(house.cli("list", "verify").code, 0, "verify")


if __name__ == "__main__":
    run_cases()
