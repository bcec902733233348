"""What we write for others is judged by the programs of others, on what one small run leaves behind.

Bags by bagit-python and bagit_profile, sealed bodies by Debian's age and PyPI's pyrage, canonical JSON by rfc8785,
drafts by xmllint, metrics by promtool, the unit by systemd-analyze, the ledger by sqlite3. The interpreter that has the
checkers of PyPI is `BREAKWATER_BAGIT`, or the one that `make tools` makes.
"""

import json
import os
import shutil
import subprocess
import tempfile

from house import CHECKOUT, Failed, Skipped, case, deployment, expect, expect_equal, run_cases, sha256, some_bytes

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
            for name in ("data/content.age.body", "data/exhibit.json", "bag-info.txt"):
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


PROFILES = {"exhibit-2": "bagit-profile.json", "export-1": "bagit-profile-export.json"}


def bagit_profile(bag, profile="exhibit-2"):
    script = os.path.join(os.path.dirname(BAGIT), "bagit_profile.py")
    file = os.path.join(CHECKOUT, "docs", "formats", PROFILES[profile])
    return run(BAGIT, script, "--no-logfile", "--file", file, f"urn:breakwater:bagit-profile:{profile}", bag)


@case
def every_bundle_has_our_profile():
    with deployment(listed=3) as house:
        small_run(house)
        for bundle in house.bundles():
            code, said = bagit_profile(bundle)
            expect_equal(code, 0, f"bagit_profile on {bundle}: {said}")
        copy = without_agent(house.bundles()[0], house.root)
        expect(bagit_profile(copy)[0] != 0, "bagit_profile takes a bag without Bag-Software-Agent")


def without_agent(bag, place):
    """A copy of a bag that lacks what our profiles ask for."""
    copy = os.path.join(place, "without-agent")
    shutil.copytree(bag, copy)
    info = os.path.join(copy, "bag-info.txt")
    os.chmod(info, 0o600)
    with open(info, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith("Bag-Software-Agent")]
    with open(info, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return copy


def judge_export(bag, place):
    """A bag of bags by bagit-python and our profiles, each with a copy that they refuse."""
    for one, profile in [(bag, "export-1"), *((path, "exhibit-2") for path in exported(bag))]:
        expect_equal(bagit(one), (0, ""), f"bagit on {one}")
        expect_equal(bagit_profile(one, profile)[0], 0, f"bagit_profile on {one}")
    copy = without_agent(bag, place)
    expect(bagit_profile(copy, "export-1")[0] != 0, "bagit_profile takes an export without Bag-Software-Agent")
    expect(bagit(copy)[0] == 1, "bagit takes an export whose bag-info.txt was changed")
    inner = exported(copy)[0]
    with open(os.path.join(inner, "data", "stray"), "w", encoding="ascii") as file:
        file.write("stray")
    expect(bagit(inner)[0] == 1, "bagit takes a bag in the export with a file too many")
    shutil.rmtree(copy)


def exported(bag):
    exhibits = os.path.join(bag, "data", "exhibits")
    return [os.path.join(exhibits, name) for name in sorted(os.listdir(exhibits))]


# Sealed bodies

PYRAGE = """
import pyrage, sys
header, body, identity = (open(path, "rb").read() for path in sys.argv[1:])
secret = [line for line in identity.decode().splitlines() if line.startswith("AGE-SECRET-KEY-")][0]
try:
    sys.stdout.buffer.write(pyrage.decrypt(header + body, [pyrage.x25519.Identity.from_str(secret)]))
except Exception:
    sys.exit(1)
"""


def pyrage(header, body, identity):
    done = subprocess.run([BAGIT, "-c", PYRAGE, header, body, identity], capture_output=True, timeout=120)
    return done.returncode, done.stdout


def age(header, body, identity):
    words = ["bash", "-c", 'cat -- "$1" "$2" | age -d -i "$3"', "open", header, body, identity]
    done = subprocess.run(words, capture_output=True, timeout=120)
    return done.returncode, done.stdout


@case
def every_sealed_body_opens_for_both_audiences_and_no_damaged_one_does():
    with deployment(listed=3) as house:
        small_run(house)
        wanted = sorted(sha256(one) for one in house.listed[:2])
        for opener in (age, pyrage):
            found = []
            for bundle in house.bundles():
                for audience in ("custodians", "review"):
                    header, body = house.sealed_part(bundle, "content", audience)
                    code, content = opener(header, body, house.identity)
                    expect_equal(code, 0, f"{opener.__name__} on {body}")
                    if audience == "custodians":
                        found.append(sha256(content))
                refuses_damage(opener, house, *house.sealed_part(bundle, "content"))
                code, subject = opener(*house.sealed_part(bundle, "subject"), house.identity)
                expect_equal(json.loads(subject)["schema"], "breakwater-subject-2", opener.__name__)
            expect(set(wanted) <= set(found), f"contents by {opener.__name__}: {found}")
        bundles = house.bundles()
        header = house.sealed_part(bundles[0], "content")[0]
        swapped = house.sealed_part(bundles[1], "content")[1]
        for opener in (age, pyrage):
            expect(opener(header, swapped, house.identity)[0] != 0, f"{opener.__name__} takes another body's header")


def refuses_damage(opener, house, header, body):
    with open(body, "rb") as file:
        whole = file.read()
    for name, changed in (("flipped", whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]), ("cut", whole[:-1])):
        path = os.path.join(house.root, name)
        with open(path, "wb") as file:
            file.write(changed)
        expect(opener(header, path, house.identity)[0] != 0, f"{opener.__name__} takes a body that is {name}")


CANONICAL = """
import json, rfc8785, sys
text = sys.stdin.buffer.read()
sys.exit(0 if rfc8785.dumps(json.loads(text)) == text else 1)
"""


@case
def every_record_is_canonical():
    with deployment(listed=3) as house:
        small_run(house)
        for bundle in house.bundles():
            with open(os.path.join(bundle, "data", "exhibit.json"), "rb") as file:
                records = [file.read()]
            with open(os.path.join(bundle, "data", "timeline.jsonl"), "rb") as file:
                records += file.read().splitlines()
            with house.opening(*house.sealed_part(bundle, "subject")) as plain:
                records.append(plain.read())
            recipients = os.path.join(house.state, "vault", "keys", os.path.basename(bundle), "recipients.json")
            with open(recipients, "rb") as file:
                records.append(file.read())
            for record in records:
                expect_equal(run(BAGIT, "-c", CANONICAL, given=record), (0, ""), f"rfc8785 on {record[:60]}")
        expect(run(BAGIT, "-c", CANONICAL, given=b'{"b":1, "a":2}')[0] != 0, "rfc8785 takes any JSON")


@case
def no_file_that_the_daemon_may_read_opens_what_is_sealed_in_production():
    """Every file of the deployment is tried as an identity, by age, as the daemon's user."""
    with deployment(listed=1) as house:
        keys = []
        for number in range(2):
            path = os.path.join(house.root, f"custodian-{number}.key")
            expect_equal(run("age-keygen", "-o", path)[0], 0, "age-keygen")
            keys.append((path, run("age-keygen", "-y", path)[1].strip()))
        house.set("evidence", "demonstration_key", '""')
        house.set("evidence", "custodians", json.dumps([recipient for _, recipient in keys]))
        house.write_config(house.read_config().replace('environment = "demonstration"', 'environment = "production"'))
        house.identity = keys[0][0]
        os.unlink(os.path.join(house.place, "keys", "demonstration.key"))
        drill(house, keys)
        house.start()
        house.hand_over("plain", house.listed[0])
        house.await_drafts(1)
        house.judge()
        expect_equal(house.metric("breakwater_custodians_drilled"), 2, "drilled custodians")
        expect(not os.path.exists(os.path.join(house.state, "vault", "plain")), "an unsealed copy is kept")
        header, body = house.sealed_part(house.bundles()[0], "content")
        tried = 0
        for directory, _, names in os.walk(house.place):
            for path in (os.path.join(directory, name) for name in names):
                if os.path.isfile(path):
                    words = [*house.as_daemon(), "bash", "-c", 'cat -- "$1" "$2" | age -d -i "$3"', "try", header, body, path]
                    opened = subprocess.run(words, capture_output=True, timeout=60)
                    expect(opened.returncode != 0 and house.listed[0] not in opened.stdout, f"{path} opens {body}")
                    with open(path, "rb") as file:
                        expect(house.listed[0] not in file.read(), f"{path} holds the upload")
                    tried += 1
        expect(tried > 10, f"{tried} files tried")
        expect_equal(age(header, body, keys[0][0])[0], 0, "age with a custodian's key")


def drill(house, keys):
    """Both custodians show that their keys open what is sealed to them, with age alone."""
    house.start()
    house.stop()
    begun = house.cli("keys", "drill")
    expect_equal(begun.code, 0, f"keys drill: {begun}")
    for line, (path, _) in zip(begun.out.splitlines(), keys):
        fingerprint, _, challenge = line.split("  ")
        answer = run("age", "-d", "-i", path, challenge)[1].strip()
        wrong = house.cli("keys", "drill", "--answer", answer[::-1], "--key", fingerprint)
        expect_equal(wrong.code, 1, f"a wrong answer: {wrong}")
        taken = house.cli("keys", "drill", "--answer", answer, "--key", fingerprint)
        expect_equal(taken.code, 0, f"keys drill --answer: {taken}")


# Drafts, metrics, ledger

@case
def every_draft_is_well_formed():
    with deployment(listed=3) as house:
        small_run(house)
        for draft in house.drafts():
            files = house.draft_files(draft)
            expect_equal(run("xmllint", "--noout", "-", given=files["draft.xml"]), (0, ""), f"xmllint on {draft}")
            code, said = run("python3", "-m", "json.tool", "-", os.devnull, given=files["draft.json"])
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
