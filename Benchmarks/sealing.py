"""Sealing beside age on the same file, and preserving as a whole: seconds, ratios and resident memory.

    sealing.py --bin DIR [--size 1G] [--repeat 3] [--dir DIR]

DIR holds a release build of SealStage. The file is of random bytes; the page cache is warm. `seal` reads, encrypts and
writes, as `age -r` does; the ratio is age's CPU time by ours, so more is faster. `preserve` is all that the daemon does to one
match: digests, sealing, manifests, reading back, opening again; then each of these alone, CPU time over the same file.
"""

import argparse
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time

MIB = 1 << 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", required=True, help="directory of the release build")
    parser.add_argument("--size", default="1G", help="of the file: 256M, 1G, 4G")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dir", help="where files are made and removed; not a memory file system")
    return parser.parse_args()


def size_of(text):
    return int(text[:-1]) << {"K": 10, "M": 20, "G": 30}[text[-1]]


def measured(words):
    """Wall seconds, CPU seconds, and the most that was resident, MiB."""
    begin, memory = time.monotonic(), 0.0
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            memory = max(memory, high_water(process.pid))
            time.sleep(0.02)
        wall = time.monotonic() - begin
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode != 0:
        raise SystemExit(f"sealing.py: error: {words[0]} ended with {process.returncode}")
    return wall, used.ru_utime + used.ru_stime, memory


def high_water(number):
    """VmHWM: what wait4 says counts this interpreter too, which the program was forked from."""
    with contextlib.suppress(OSError), open(f"/proc/{number}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def make_file(path, size):
    dice = random.Random(20250711)
    with open(path, "wb") as file:
        for start in range(0, size, 16 * MIB):
            file.write(dice.randbytes(min(16 * MIB, size - start)))


def main():
    options = arguments()
    stage = os.path.join(options.bin, "SealStage")
    size = size_of(options.size)
    place = tempfile.mkdtemp(prefix="sealing-", dir=options.dir)
    try:
        path = os.path.join(place, "file")
        make_file(path, size)
        key = os.path.join(place, "key")
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True).stdout.decode().strip()
        ours, theirs = [], []
        for _ in range(options.repeat):
            for results, words in ((theirs, ["age", "-r", recipient, "-o", "GOAL", path]),
                                   (ours, [stage, "seal", recipient, path, "GOAL"])):
                goal = os.path.join(place, "goal")
                results.append(measured([goal if word == "GOAL" else word for word in words]))
                if results is ours and len(ours) == 1:
                    opens(goal, key, path)
                for made in (goal, goal + ".hdr"):
                    if os.path.exists(made):
                        os.unlink(made)
        show("age", theirs, size)
        show("seal", ours, size)
        ratios = [them[1] / us[1] for them, us in zip(theirs, ours)]
        print(f"ratio of CPU time {statistics.median(ratios):.2f} (each {', '.join(f'{one:.2f}' for one in ratios)})")
        whole = []
        for _ in range(options.repeat):
            state = os.path.join(place, "state")
            os.mkdir(state)
            whole.append(measured([stage, "preserve", path, state]))
            shutil.rmtree(state)
        show("preserve", whole, size)
        show_stages(stage, recipient, path, key, os.path.join(place, "goal"), size)
    finally:
        shutil.rmtree(place)


def show_stages(stage, recipient, path, key, goal, size):
    subprocess.run([stage, "seal", recipient, path, goal], check=True)
    done = subprocess.run([stage, "stages", path, goal, key, goal + ".hdr"], check=True, capture_output=True)
    for line in done.stdout.decode().splitlines():
        name, milliseconds = line.split()
        cpu = max(int(milliseconds), 1) / 1000
        print(f"  {name:10} {cpu / size * 1e9:6.2f} s a GB of CPU, {size / cpu / 1e6:7.0f} MB/s")


def opens(body, key, path):
    """What we sealed is opened by age and is the file: a measurement of something broken is worth nothing."""
    command = 'cat "$1.hdr" "$1" | age -d -i "$2" | cmp - "$3"'
    subprocess.run(["bash", "-c", f"set -o pipefail; {command}", "open", body, key, path], check=True)


def show(name, results, size):
    wall, cpu, memory = (statistics.median(one[index] for one in results) for index in range(3))
    print(f"{name:9} {size / wall / 1e6:7.0f} MB/s of wall, {size / cpu / 1e6:7.0f} MB/s of CPU, {memory:6.1f} MiB resident")


if __name__ == "__main__":
    main()
