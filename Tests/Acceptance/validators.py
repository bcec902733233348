"""What we write for others is judged by the programs of others, on what one small run leaves behind.

Bags by bagit-python, drafts by xmllint, metrics by promtool, the unit by systemd-analyze, the ledger by sqlite3. The
interpreter that has `bagit` is `BREAKWATER_BAGIT`, or the one that `make tools` makes.
"""

import os
import shutil
import subprocess
import tempfile

from house import CHECKOUT, Failed, Skipped, case, deployment, expect, expect_equal, run_cases, some_bytes

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
            raise Failed(f"{words[0]} is missing; run .ci/install")
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


def sums(bag):
    """coreutils on the stronger manifest: it lists names as bagit does."""
    done = subprocess.run(["sha512sum", "--check", "--quiet", "--strict", "manifest-sha512.txt"], cwd=bag)
    return done.returncode


@case
def every_bundle_is_a_valid_bag():
    expect(os.access(BAGIT, os.X_OK), f"no interpreter with bagit at {BAGIT}; run make tools")
    with deployment(listed=3) as house:
        small_run(house)
        expect_equal(len(house.bundles()), 3, "bundles")
        for bundle in house.bundles():
            expect_equal(bagit(bundle), (0, ""), f"bagit on {bundle}")
            expect_equal(sums(bundle), 0, f"sha512sum on {bundle}")
            for name in ("data/content", "data/exhibit.json", "bag-info.txt"):
                refuses_a_flipped_bit(house, bundle, name)


def refuses_a_flipped_bit(house, bundle, name):
    """The checker is worth something: it refuses a copy in which one bit is another."""
    copy = os.path.join(house.root, "damaged")
    shutil.copytree(bundle, copy)
    path = os.path.join(copy, name)
    os.chmod(path, 0o600)
    with open(path, "r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))
    code, said = bagit(copy)
    expect(code == 1 and "invalid" in said, f"bagit on a copy with a bit of {name} flipped: {code} {said}")
    shutil.rmtree(copy)


# Drafts, metrics, ledger

@case
def every_draft_is_well_formed():
    with deployment(listed=3) as house:
        small_run(house)
        for draft in house.drafts():
            expect_equal(run("xmllint", "--noout", os.path.join(draft, "draft.xml")), (0, ""), f"xmllint on {draft}")
            code, said = run("python3", "-m", "json.tool", os.path.join(draft, "draft.json"), os.devnull)
            expect_equal(code, 0, f"json.tool on {draft}: {said}")


@case
def metrics_are_as_prometheus_wants_them():
    with deployment(listed=3) as house:
        small_run(house)
        status, text = house.get("/metrics")
        expect_equal(status, 200, "status of /metrics")
        expect_equal(run("promtool", "check", "metrics", given=text.encode()), (0, ""), "promtool check metrics")
        code, _ = run("promtool", "check", "metrics", given=text.replace(" counter", " gauge").encode())
        expect(code != 0, "promtool takes counters that say they are gauges")


@case
def the_ledger_is_a_sound_database():
    with deployment(listed=3) as house:
        small_run(house)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        ledger = os.path.join(house.state, "ledger.db")
        for check in ("integrity_check", "foreign_key_check"):
            wanted = "ok\n" if check == "integrity_check" else ""
            expect_equal(run("sqlite3", "-readonly", ledger, f"pragma {check}"), (0, wanted), check)


# The unit

@case
def systemd_takes_the_unit():
    """As far as that can be told without it running: every setting is known and every program is there."""
    with tempfile.TemporaryDirectory() as place, deployment(build=False) as house:
        unit = os.path.join(place, "breakwaterd.service")
        with open(UNIT, encoding="utf-8") as file, open(unit, "w", encoding="utf-8") as copy:
            copy.write(file.read().replace("/usr/bin/breakwaterd", os.path.join(house.bin, "breakwaterd")))
        code, said = run("systemd-analyze", "verify", "--man=no", unit, is_needed=False)
        about_us = [line for line in said.splitlines() if "breakwaterd" in line]
        expect(code == 0 and not about_us, f"systemd-analyze verify: {code} {said}")


@case
def the_unit_exposes_little():
    words = ("systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", "--no-pager", UNIT)
    code, said = run(*words, is_needed=False)
    score = [line for line in said.splitlines() if "Overall exposure" in line]
    if not score:
        raise Skipped(f"systemd-analyze security refuses: {said.strip()[:200]}")
    print(f"   {score[0].lstrip('→ ')}")
    expect_equal(code, 0, f"systemd-analyze security, at most {THRESHOLD / 10}")


if __name__ == "__main__":
    run_cases()
