"""What we write for others is judged by the programs of others, on what one small run leaves behind.

Bags by bagit-python, drafts by xmllint, metrics by promtool, the unit by systemd-analyze, the ledger by sqlite3. The
interpreter that has `bagit` is `BREAKWATER_BAGIT`, or the one that `make tools` makes.
"""

import os
import shutil
import subprocess
import tempfile

from house import CHECKOUT, IS_ROOT, Skipped, case, deployment, expect, expect_equal, run_cases, sha256, some_bytes, until

BAGIT = os.environ.get("BREAKWATER_BAGIT", os.path.join(CHECKOUT, ".build-tools", "venv", "bin", "python"))
UNIT = os.path.join(CHECKOUT, "packaging", "breakwaterd.service")
THRESHOLD = 20  # tenths: an exposure of 2.0

CONTEXT = (
    b'{"uploader_ref":"account-4711","email":"somebody@mail.example","ip":"192.0.2.17","port":50123,'
    b'"uploaded_at":"2026-11-21T20:00:00Z","original_filename":"a & <b>.jpg","service":"Example Photos"}')


def run(*words, given=None, is_needed=True):
    """Runs a checker: its exit code, and all that it says."""
    if shutil.which(words[0]) is None:
        if is_needed:
            raise AssertionError(f"{words[0]} is missing; run .ci/install")
        raise Skipped(f"{words[0]} is missing")
    done = subprocess.run(words, input=given, capture_output=True, timeout=120)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def small_run(house):
    """Three matches, one with a context, one by its context alone, and one empty file among what is released."""
    house.start()
    house.hand_over("plain", house.listed[0])
    house.hand_over("with context", house.listed[1], context=CONTEXT)
    house.hand_over("by its context", some_bytes(), context=house.listed[2], is_listed=True)
    house.hand_over("empty", b"")
    house.hand_over("other", some_bytes(), context=CONTEXT)
    house.await_drafts(3)
    house.judge()


# Bags

def bagit(bag):
    return run(BAGIT, "-m", "bagit", "--validate", "--quiet", bag)


@case
def every_bundle_is_a_valid_bag():
    expect(os.access(BAGIT, os.X_OK), f"no interpreter with bagit at {BAGIT}; run make tools")
    with deployment(listed=3) as house:
        small_run(house)
        expect_equal(len(house.bundles()), 3, "bundles")
        for bundle in house.bundles():
            expect_equal(bagit(bundle)[0], 0, f"bagit on {bundle}")
            expect_equal(run("sha512sum", "--check", "--quiet", "--strict", "manifest-sha512.txt")
                         if False else coreutils(bundle), 0, f"sha512sum on {bundle}")
            for name in ("data/content", "data/exhibit.json", "bag-info.txt"):
                refuses_a_flipped_byte(house, bundle, name)


def refuses_a_flipped_byte(house, bundle, name):
    """The checker is worth something: it refuses a copy in which one bit is another."""
    copy = os.path.join(house.root, "damaged")
    shutil.copytree(bundle, copy)
    path = os.path.join(copy, name)
    os.chmod(path, 0o600)
    with open(path, "r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))
    expect(bagit(copy)[0] != 0, f"bagit takes {name} with a flipped bit")
    shutil.rmtree(copy)
