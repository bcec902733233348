"""The digest kernels beside OpenSSL's EVP on the same bytes: CPU seconds of one thread, as ratios.

    digests.py --bin DIR [--repeat 3] [--dir DIR] [--only TEXT] [--quick] [--json]

DIR holds a release build of DigestStage. Every case runs with `--kernel openssl` and with what the daemon would use, in
turn; the ratio is EVP's CPU time by ours, so more is faster. The page cache is warm.

- memory: sixteen buffers, nothing to read.
- files: open, stat, read, digest and close.
- mixes: few files, and files of very different length. None may be below 1.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile

KIB, MIB = 1 << 10, 1 << 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", required=True, help="directory of the release build")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dir", help="where files are made and removed; not a memory file system")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--quick", action="store_true", help="a tenth of the bytes, to see that it works")
    parser.add_argument("--kernel", help="one kernel instead of those that the daemon uses")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def cpu_seconds(words):
    with subprocess.Popen([os.path.join(options.bin, "DigestStage"), *words], stdout=subprocess.DEVNULL) as process:
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode != 0:
        raise SystemExit(f"digests.py: error: DigestStage {' '.join(words)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def ratio(words, digests):
    """EVP's time by ours, the two in turn."""
    ours = ["--digests", digests] + (["--kernel", options.kernel] if options.kernel else [])
    theirs = ["--digests", digests, "--kernel", "openssl"]
    cpu_seconds([words[0], *ours, *words[1:]])  # warms cache and program
    pairs = [(cpu_seconds([words[0], *theirs, *words[1:]]), cpu_seconds([words[0], *ours, *words[1:]]))
             for _ in range(options.repeat)]
    return pairs


class Corpus:
    """Files of the given sizes in a directory of their own."""

    def __init__(self, parent, name, sizes):
        self.path = os.path.join(parent, name)
        self.bytes = sum(sizes)
        os.mkdir(self.path)
        dice = random.Random(20250711)
        for number, size in enumerate(sizes):
            with open(os.path.join(self.path, f"{number:06}"), "wb") as file:
                for start in range(0, size, 16 * MIB):
                    file.write(dice.randbytes(min(16 * MIB, size - start)))


def mixed(count, smallest, largest):
    dice = random.Random(count)
    return [int(smallest * (largest / smallest) ** dice.random()) for _ in range(count)]


def cases(parent):
    """Name, the words for DigestStage, the digests, and the bytes."""
    scale = 10 if options.quick else 1
    every, md5 = "md5,sha1,sha256", "md5"
    for size, name in ((40 * KIB, "40 KB"), (4 * MIB, "4 MB")):
        if options.only not in f"memory, 16 buffers of {name}":
            continue
        for digests in (every, md5):
            total = 2_000_000_000 // scale
            yield f"memory, 16 buffers of {name}", ["memory", str(size), str(total)], digests, total
    corpora = [
        ("cached files of 30 KB", [30 * KIB] * (20_000 // scale), (every, md5)),
        ("cached files of 4 MB", [4 * MIB] * (200 // scale), (every, md5)),
        ("one file of 1 GB", [1000 * MIB // scale], (every, md5, "sha256")),
        ("mixed, 1 KB to 100 MB", mixed(120 // scale, KIB, 100 * MIB), (every, md5)),
        ("mixed, 1 KB to 1 GB", [KIB, 1000 * MIB // scale, *mixed(40, KIB, 1000 * MIB // scale)], (every, md5)),
        ("1,000 of 1 KB and one of 500 MB", [KIB] * 1000 + [500 * MIB // scale], (every, md5)),
    ]
    for count in (1, 2, 3, 6, 16):
        corpora.append((f"{count} of 40 MB", [40 * MIB // scale] * count, (every, md5, "sha1", "sha256")))
    for number, (name, sizes, sets) in enumerate(corpora):
        if options.only not in name:
            continue
        corpus = Corpus(parent, str(number), sizes)
        for digests in sets:
            yield name, ["files", corpus.path], digests, corpus.bytes
        shutil.rmtree(corpus.path)


def measure():
    parent = tempfile.mkdtemp(prefix="bw-digests-", dir=options.dir)
    try:
        for name, words, digests, total in cases(parent):
            pairs = ratio(words, digests)
            theirs, ours = (statistics.median(column) for column in zip(*pairs))
            ratios = sorted(evp / own for evp, own in pairs)
            yield {
                "case": name, "digests": digests, "openssl GB/s": total / theirs / 1e9, "GB/s": total / ours / 1e9,
                "ratio": [ratios[0], statistics.median(ratios), ratios[-1]],
            }
    finally:
        shutil.rmtree(parent)


def show(row):
    low, middle, high = row["ratio"]
    print(f"{row['case']:34}{row['digests']:18}{row['openssl GB/s']:8.2f}{row['GB/s']:8.2f}"
          f"{low:8.2f}{middle:8.2f}{high:8.2f}", flush=True)


if __name__ == "__main__":
    options = arguments()
    if options.json:
        print(json.dumps(list(measure())))
    else:
        print(f"{'':52}{'EVP GB/s':>8}{'GB/s':>8}{'ratio':>8}{'median':>8}{'highest':>8}")
        for row in measure():
            show(row)
