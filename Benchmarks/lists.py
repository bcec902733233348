#!/usr/bin/env python3
"""What generations cost on invented values, beside FAISS where it is installed.

    lists.py --bin DIR [--digests N] [--pictures N ...] [--faiss PYTHON] [--clamd N ...] [--work DIR]

Every answer is checked as well as timed: what was planted is found, what was not is not, and pictures get the answers of
a plain linear scan. Ends with 1 if one is wrong.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import clamd


def stage(binary, *arguments):
    print("   " + " ".join(["ListStage", *map(str, arguments)]), flush=True)
    done = subprocess.run([binary, *map(str, arguments)], stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    for name, value in found.items():
        print(f"      {name:28} {value:,.4g}" if value < 1000 else f"      {name:28} {value:,.0f}", flush=True)
    return found


def digests(binary, work, count):
    folder = work / "digests"
    stage(binary, "build", folder, count)
    stage(binary, "open", folder)
    found = stage(binary, "look", folder, count)
    shutil.rmtree(folder)
    return found["planted_found"] == found["planted"] and found["absent_found"] == 0


def pictures(binary, work, count, python):
    folder = work / "pictures"
    ours = stage(binary, "pictures", folder, count)
    shutil.rmtree(folder)
    right = ours["wrong_answers"] == 0
    if python and count <= 1_000_000:
        sample = work / "sample.bin"
        with open(sample, "wb") as out:
            subprocess.run([binary, "sample", "-", str(count)], stdout=out, check=True)
        script = pathlib.Path(__file__).parent / "faiss_pdq.py"
        done = subprocess.run([python, script, sample, str(count)], stdout=subprocess.PIPE, check=True)
        sample.unlink()
        peer = json.loads(done.stdout)
        print(f"      {peer}")
        for name in ("flat", "multihash"):
            ratio = peer[f"{name}_us_a_query"] / ours["index_us_a_query"]
            print(f"      FAISS {name} takes {ratio:.1f} times as long")
        right = right and peer["agree"] and peer["neighbours"] == ours["neighbours"]
    return right


def resident(process):
    """MiB that are a process's own."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(file.read().partition("RssAnon:")[2].split()[0]) / 1024


def beside_clamd(options, work, count):
    """Building and opening a list here, loading the same list there."""
    root = work / "beside"
    breakwater = options.bin / "breakwater"
    subprocess.run([breakwater, "init", "--root", root], stdout=subprocess.DEVNULL, check=True)
    draw = random.Random(count)
    with open(root / "lists" / "demo.txt", "w", encoding="ascii") as file:
        file.writelines(f"{draw.getrandbits(128):032x}\n" for _ in range(count))
    began = time.monotonic()
    subprocess.run([breakwater, "list", "build", "--config", root / "breakwater.toml"], stdout=subprocess.DEVNULL,
                   check=True)
    built = time.monotonic() - began
    began = time.monotonic()
    subprocess.run([breakwater, "list", "inspect", "--config", root / "breakwater.toml"], stdout=subprocess.DEVNULL,
                   check=True)
    said = f"      {count:,} MD5: built here in {built:.1f} s, inspected in {time.monotonic() - began:.2f} s;"
    began = time.monotonic()
    try:
        with clamd.running(root / "lists" / "demo.txt") as (process, _):
            print(f"{said} clamd loads it in {time.monotonic() - began:.1f} s and keeps {resident(process):,.0f} MiB")
    except SystemExit as end:
        print(f"{said} {end}")
    shutil.rmtree(root)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--digests", type=int, default=2_000_000)
    parser.add_argument("--pictures", type=int, nargs="*", default=[])
    parser.add_argument("--faiss", help="a Python that has faiss-cpu")
    parser.add_argument("--clamd", type=int, nargs="*", default=[], help="entries to compare with clamd by")
    parser.add_argument("--work", default="/var/tmp")
    options = parser.parse_args()
    binary = options.bin / "ListStage"
    with tempfile.TemporaryDirectory(prefix="breakwater-lists-", dir=options.work) as work:
        work = pathlib.Path(work)
        right = digests(binary, work, options.digests) if options.digests else True
        for count in options.pictures:
            right = pictures(binary, work, count, options.faiss) and right
        for count in options.clamd:
            beside_clamd(options, work, count)
    print("all answers right" if right else "SOME ANSWERS ARE WRONG")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
