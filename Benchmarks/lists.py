#!/usr/bin/env python3
"""What generations cost on invented values, beside FAISS where it is installed.

    lists.py --bin DIR [--digests N] [--pictures N ...] [--faiss PYTHON] [--reload DIGESTS HASHES GENERATIONS]
             [--clamd N ...] [--work DIR]

Every answer is checked as well as timed: what was planted is found, what was not is not, pictures get the answers of a
plain linear scan, and while generations replace each other each question gets the answer of the one it was put to. Ends
with 1 if one is wrong.
"""

import argparse
import errno
import json
import os
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
    show(found)
    return found


def breakwater(options, *arguments, **more):
    words = [options.bin / "breakwater", *arguments]
    return subprocess.run(words, stdout=subprocess.DEVNULL, check=True, **more)


def writing(pipe, reader):
    """The pipe, open, once its reader is there; one that ended is not waited for."""
    while reader.poll() is None:
        try:
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            time.sleep(0.01)
        else:
            os.set_blocking(descriptor, True)
            return open(descriptor, "wb")
    raise SystemExit(f"the build ended with {reader.returncode} before it read anything")


def built_through_a_pipe(options, root, count):
    """What "breakwater list build" takes for a list that a supplier writes into a pipe: figures."""
    breakwater(options, "init", "--root", root)
    pipe = root / "lists" / "demo.txt"
    pipe.unlink()
    os.mkfifo(pipe)
    words = [options.bin / "breakwater", "list", "build", "--config", root / "breakwater.toml"]
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as build:
        with writing(pipe, build) as out:
            supplier = subprocess.run([options.bin / "ListStage", "feed", str(count)], stdout=out, check=False)
        _, status, usage = os.wait4(build.pid, 0)
        build.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    if supplier.returncode or build.returncode:
        raise SystemExit(f"the supplier ended with {supplier.returncode}, the build with {build.returncode}")
    lists = root / "state" / "lists"
    files = list((lists / (lists / "current").read_text(encoding="ascii").strip()).iterdir())
    whole = sum(file.stat().st_size for file in files)
    table = sum(file.stat().st_size for file in files if file.name in ("md5.directory", "md5.suffixes"))
    return {"entries": count, "build_seconds": took, "build_cpu_seconds": usage.ru_utime + usage.ru_stime,
            "build_peak_mib": usage.ru_maxrss / 1024, "table_bytes_an_entry": table / count,
            "provenance_bytes_an_entry": (whole - table) / count}


def show(found):
    for name, value in found.items():
        print(f"      {name:36} {value:,.4g}" if value < 1000 else f"      {name:36} {value:,.0f}", flush=True)


def digests(options, work, count):
    root = work / "digests"
    print(f"   breakwater list build, {count:,} MD5 through a pipe", flush=True)
    show(built_through_a_pipe(options, root, count))
    binary = options.bin / "ListStage"
    stage(binary, "open", root)
    found = stage(binary, "look", root, count)
    shutil.rmtree(root)
    return found["planted_found"] == found["planted"] and found["absent_found"] == 0


def reload(options, work, count, hashes, generations):
    root = work / "reload"
    found = stage(options.bin / "ListStage", "reload", root, count, hashes, generations)
    shutil.rmtree(root)
    return found["wrong_answers"] == 0 and found["found"] > 0 and found["generations_mapped_after"] == 1


def pictures(binary, work, count, python):
    folder = work / "pictures"
    ours = stage(binary, "pictures", folder, count)
    shutil.rmtree(folder)
    right = ours["wrong_answers"] == 0
    if python and count <= 1_000_000:
        sample = work / "sample.bin"
        with open(sample, "wb") as out:
            subprocess.run([binary, "sample", str(count)], stdout=out, check=True)
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


def beside_clamd(options, work, count):
    """Building and opening a list here, loading the same list there."""
    root = work / "beside"
    breakwater(options, "init", "--root", root)
    draw = random.Random(count)
    with open(root / "lists" / "demo.txt", "w", encoding="ascii") as file:
        file.writelines(f"{draw.getrandbits(128):032x}\n" for _ in range(count))
    began = time.monotonic()
    breakwater(options, "list", "build", "--config", root / "breakwater.toml")
    built = time.monotonic() - began
    began = time.monotonic()
    breakwater(options, "list", "inspect", "--config", root / "breakwater.toml")
    said = f"      {count:,} MD5: built here in {built:.1f} s, inspected in {time.monotonic() - began:.2f} s;"
    began = time.monotonic()
    try:
        with clamd.running(root / "lists" / "demo.txt") as (process, _):
            kept = clamd.resident(process)
            print(f"{said} clamd loads it in {time.monotonic() - began:.1f} s and keeps {kept:,.0f} MiB")
        right = reload_beside_clamd(options, work, root / "lists" / "demo.txt", count) if options.reload else True
    except SystemExit as end:
        print(f"{said} {end}")
        right = True
    shutil.rmtree(root)
    return right


def reload_beside_clamd(options, work, list_path, count):
    """As many entries replaced under a stream of look-ups here, and loaded again under a stream of scans there."""
    right = reload(options, work, count, 0, 4)
    for concurrent in (True, False):
        word = "yes" if concurrent else "no"
        print(f"   clamd, {count:,} MD5, ConcurrentDatabaseReload {word}", flush=True)
        show(clamd.reloading(list_path, concurrent))
    return right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--digests", type=int, default=2_000_000)
    parser.add_argument("--pictures", type=int, nargs="*", default=[])
    parser.add_argument("--faiss", help="a Python that has faiss-cpu")
    parser.add_argument("--reload", type=int, nargs=3, metavar=("DIGESTS", "HASHES", "GENERATIONS"),
                        help="look up while so many generations replace each other; with --clamd, there too")
    parser.add_argument("--clamd", type=int, nargs="*", default=[], help="entries to compare with clamd by")
    parser.add_argument("--work", default="/var/tmp")
    options = parser.parse_args()
    binary = options.bin / "ListStage"
    with tempfile.TemporaryDirectory(prefix="breakwater-lists-", dir=options.work) as work:
        work = pathlib.Path(work)
        right = digests(options, work, options.digests) if options.digests else True
        for count in options.pictures:
            right = pictures(binary, work, count, options.faiss) and right
        if options.reload:
            right = reload(options, work, *options.reload) and right
        for count in options.clamd:
            right = beside_clamd(options, work, count) and right
    print("all answers right" if right else "SOME ANSWERS ARE WRONG")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
