"""Bytes to perceptual hashes, through the cage and without it, beside Meta's C++ and pdqhash: least CPU ms, as ratios.

    .build-tools/venv/bin/python Benchmarks/pictures.py --bin DIR [--repeat 7] [--dir DIR]

DIR holds a release build of DecodeStage and breakwater-decoder; `make tools` fetches the photographs and the peers. Ours
is once both readings and once the 512 x 512 reading alone, in eight orientations. Meta's is its 512 x 512 hash alone, read
with libjpeg; pdqhash's the full-resolution hash alone, read with Pillow. More than 1 means that ours needs less. All on
one core, in turn, from the page cache.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import numpy
import pdqhash
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Acceptance"))
import photographs  # noqa: E402, after the path that it lies on

SIZES = {"2 MP": (1632, 1224), "6.5 MP": (2944, 2208), "12 MP": (4000, 3000)}
PAIRS = 201
# Of the same 2 megapixels.
FORMATS = {
    "JPEG q75": ("JPEG", {"quality": 75}), "JPEG q90": ("JPEG", {"quality": 90}),
    "JPEG progressive": ("JPEG", {"quality": 90, "progressive": True}), "PNG": ("PNG", {}), "GIF": ("GIF", {}),
    "WebP": ("WEBP", {"quality": 80}), "WebP lossless": ("WEBP", {"lossless": True, "method": 0}),
}
SEEN = re.compile(r"(both|r512): ([\d.]+) ms here, ([\d.]+) ms caged, (-?[\d.]+) ms for the cage, peak (\d+) MB, (.*)")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bin", required=True, help="directory of the release build")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--dir", help="where pictures are made and removed")
    return parser.parse_args()


def output(*words):
    return subprocess.run(words, capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL).stdout


def ours(path, repeat=None):
    """By readings: milliseconds through the cage, those that the cage adds, the worker's peak in MB."""
    found = {}
    text = output(f"{options.bin}/DecodeStage", str(repeat or options.repeat), path)
    for readings, _, caged, cage, peak, said in SEEN.findall(text):
        if "hashes" not in said:
            raise SystemExit(f"pictures.py: error: {os.path.basename(path)}: {said}")
        found[readings] = float(caged), float(cage), int(peak)
    return found


def meta(path):
    return float(output(os.path.join(photographs.TOOLS, "meta-pdq"), "time", str(options.repeat), path))


def with_pillow(path):
    times = []
    for _ in range(max(2, options.repeat // 3)):
        begin = time.process_time()
        pdqhash.compute(numpy.asarray(Image.open(path).convert("RGB")))
        times.append((time.process_time() - begin) * 1e3)
    return min(times)


def chosen():
    """Photographs that are large themselves."""
    return [path for path in photographs.originals() if photographs.opened(path).width >= 2000]


def made(folder, path, size, kind="JPEG", how=None):
    place = os.path.join(folder, photographs.name(path))
    with open(place, "wb") as file:
        file.write(photographs.saved(photographs.opened(path).resize(size, Image.LANCZOS), kind, **how or {"quality": 90}))
    return place


def mean(values):
    return sum(values) / len(values)


def compare_sizes(folder):
    print("| JPEG q90 | readings | ours, ms | pictures/s | Meta, ms | pdqhash, ms | Meta / ours | pdqhash / ours | peak, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, size in SIZES.items():
        rows = []
        for photograph in chosen():
            path = made(folder, photograph, size)
            rows.append((ours(path), meta(path), with_pillow(path)))
        theirs, pillow = mean([row[1] for row in rows]), mean([row[2] for row in rows])
        for readings in ("r512", "both"):
            caged = mean([row[0][readings][0] for row in rows])
            print(f"| {name} | {readings} | {caged:.1f} | {1e3 / caged:.0f} | {theirs:.1f} | {pillow:.0f} "
                  f"| {theirs / caged:.2f} | {pillow / caged:.1f} | {max(row[0][readings][2] for row in rows)} |", flush=True)


def measure_cage(folder):
    """Many pairs: what is looked for is less than the noise of one."""
    found = [ours(made(folder, path, SIZES["2 MP"]), PAIRS)["both"] for path in chosen()]
    shares = ", ".join(f"{100 * cage / caged:.1f}" for caged, cage, _ in found)
    caged, cage = mean([row[0] for row in found]), mean([row[1] for row in found])
    print(f"\nthe cage costs {cage:.2f} ms of {caged:.2f}, {100 * cage / caged:.1f} % of 2 megapixels "
          f"(median of {PAIRS} pairs, by picture: {shares} %)", flush=True)


def compare_formats(folder):
    print("\n| 2 MP | ours, ms | pictures/s | peak, MB |\n| --- | --- | --- | --- |")
    for name, (kind, how) in FORMATS.items():
        rows = [ours(made(folder, path, SIZES["2 MP"], kind, how))["both"] for path in chosen()]
        caged, _, peak = (list(column) for column in zip(*rows))
        print(f"| {name} | {mean(caged):.1f} | {1e3 / mean(caged):.0f} | {max(peak)} |", flush=True)


def measure_large(folder):
    caged, _, peak = ours(made(folder, chosen()[0], (10_000, 10_000), how={"quality": 75}))["both"]
    print(f"\na baseline JPEG of 100 megapixels: {caged:.0f} ms, {peak} MB at its peak")
    print(output(f"{options.bin}/DecodeStage", str(options.repeat)).strip().replace("start", "a worker's start:"))


if __name__ == "__main__":
    options = arguments()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        compare_sizes(folder)
        measure_cage(folder)
        compare_formats(folder)
        measure_large(folder)
