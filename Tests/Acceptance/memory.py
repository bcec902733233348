"""However many files wait and however large one is, the daemon needs the same memory: at most 64 MiB above its lists.

    memory.py [--files 200000] [--size 4096] [--sparse 20G] [--entries 100000] [case...]

What counts is the peak of the resident set (VmHWM) without the pages of the mapped list, which the kernel takes back
when it likes.
"""

import argparse
import os
import re
import sys
import time

from house import application, case, chance, deployment, expect, run_cases, until

LIMIT = 64 << 20
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--sparse", type=quantity, default=quantity("20G"))
    parser.add_argument("--entries", type=int, default=100_000)
    found, sys.argv[1:] = parser.parse_known_args()
    return found


def quantity(text):
    number, unit = re.fullmatch(r"(\d+)([KMGT]?)", text).groups()
    return int(number) * UNITS[unit]


def list_entries(house):
    """Builds a list that is worth mapping."""
    house.list_and_build([f"{chance.getrandbits(256):064x}" for _ in range(options.entries)])


# Looking at the process

def peak(pid):
    return status(pid, "VmHWM")


def status(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"^{key}:\s+(\d+) kB", file.read(), re.M).group(1)) << 10


def resident_lists(pid):
    """Bytes of mapped lists that are in memory now."""
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as file:
        mappings = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", file.read(), flags=re.M)
    lists = [mapping for mapping in mappings if "/lists/g" in mapping.partition("\n")[0]]
    expect(lists, "no list is mapped")
    return sum(int(re.search(r"^Rss:\s+(\d+) kB", mapping, re.M).group(1)) << 10 for mapping in lists)


def judge(house, what):
    pid = house.daemon.pid
    highest, lists = peak(pid), resident_lists(pid)
    parts = {key: status(pid, key) >> 20 for key in ("RssAnon", "RssFile")}
    print(f"   {what}: peak {highest / (1 << 20):.1f} MiB, mapped lists {lists / (1 << 20):.1f} MiB, now {parts} MiB")
    expect(highest - lists <= LIMIT, f"{what}: {highest - lists} bytes above the lists, {LIMIT} allowed")


# Cases

@case
def many_small_files_need_no_more_memory():
    with deployment(build=False, settings={("scan", "sweep"): '"24 h"'}) as house:
        list_entries(house)
        write_many(house, 0, options.files // 2)
        house.start(seconds=120)
        write_many(house, options.files // 2, options.files)
        until(lambda: released(house) == options.files, lambda: f"{released(house)} released", seconds=900)
        judge(house, f"{options.files} files of {options.size} bytes")
        house.stop()


def write_many(house, start, end):
    """Hands files over, a thousand to a directory, each with bytes of its own."""
    rest = bytes(options.size)
    with application():
        for number in range(start, end):
            built = os.path.join(house.area("tmp"), f"{number}")
            with open(built, "wb") as file:
                file.write((b"%016d" % number + rest)[:options.size])
            folder = os.path.join(house.incoming, f"{number // 1000}")
            if number % 1000 == 0:
                os.mkdir(folder)
            os.rename(built, os.path.join(folder, f"{number}"))


def released(house):
    return int(house.metric("breakwater_uploads_total", verdict="released"))


@case
def one_large_file_needs_no_more_memory():
    with deployment(build=False) as house:
        list_entries(house)
        house.start()
        begin = time.monotonic()
        with application():
            built = os.fsencode(os.path.join(house.area("tmp"), "large"))
            with open(built, "wb") as file:
                file.truncate(options.sparse)
            os.rename(built, os.path.join(os.fsencode(house.incoming), b"large"))
        until(lambda: house.is_released("large"), lambda: f"large in released/; {house.whereabouts()}", seconds=1800)
        rate = options.sparse / (time.monotonic() - begin) / 1e6
        judge(house, f"one file of {options.sparse} bytes at {rate:.0f} MB/s")
        house.stop()


if __name__ == "__main__":
    options = arguments()
    run_cases()
