#!/usr/bin/env python3
"""Exhibits of another node: copied over by an operator, verified, and taken into the case of their account.

The other node is a deployment of its own, with a key and a daemon of its own, that seals for this desk too. All material
is invented.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile

from house import SCRATCH, case, cases, deployment, expect, expect_equal, programs, run_cases, sha256, until

from desk import ANA, BEN, CARA, CONTEXTS, OTTO, STATE, a_desk

cases.clear()  # those of desk.py are run by it


@contextlib.contextmanager
def another_node(desk, exhibits):
    """A copy of the vault of a node that preserved so many exhibits of the desk's first account, of root and closed."""
    key = os.path.join(desk.root, "keys", "review.key")
    recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
    place = tempfile.mkdtemp(prefix="node-", dir=SCRATCH)
    os.chmod(place, 0o755)
    copy = os.path.join(place, "vault")
    try:
        with deployment(listed=exhibits, build=False) as house:
            house.write_config(house.read_config().replace('environment = "demonstration"', 'environment = "test"', 1))
            house.set("list", "class", '"exploitative"')
            house.write_config(house.read_config().replace("[evidence]\n", f'[evidence]\nreview = "{recipient}"\n', 1))
            house.list_and_build([sha256(content) for content in house.listed])
            house.start()
            with open(CONTEXTS[0], "rb") as file:
                context = file.read()
            for number, content in enumerate(house.listed):
                house.hand_over(f"upload-{number}.bin", content, context=context)
            until(lambda: len(house.bundles()) == exhibits, "bundles of the other node")
            shutil.copytree(os.path.join(house.state, "vault"), copy)
        subprocess.run(["chown", "-R", f"0:{STATE}", copy], check=True)
        subprocess.run(["chmod", "-R", "u=rwX,g=rX,o=", copy], check=True)
        yield copy
    finally:
        shutil.rmtree(place)


def bags(copy):
    """The bundles of a copy, by their paths."""
    found = []
    for folder, names, _ in os.walk(os.path.join(copy, "exhibits")):
        found += [os.path.join(folder, name) for name in names if name.startswith("ex-")]
    return sorted(found)


@case
def two_nodes_exhibits_of_one_account_are_one_case():
    """Taken in once, by name, after everything was verified; again it changes nothing."""
    with a_desk(1) as desk, another_node(desk, 2) as copy:
        desk.run(BEN, "case", "adopt", copy + "/../vault", code=1)
        desk.run(CARA, "case", "adopt", copy, code=64)
        answer = desk.json(OTTO, "case", "adopt", copy)[0]
        expect_equal((answer["adopted"], answer["unopened"]), (2, []), "what was taken in")
        found = desk.cases()
        expect_equal([one["exhibits"] for one in found], [3], "exhibits by case")
        rows = desk.json(ANA, "case", "show", found[0]["case"])[0]["rows"]
        joined = [row for row in rows if row["event"] == "joined"]
        expect_equal([row["by"] for row in joined], ["breakwater-review", "otto", "otto"], "who took them in")
        expect_equal(joined[-1]["detail"]["from"], copy, "where from")
        digests = sorted(digest_of(os.path.join(bag, "tagmanifest-sha512.txt")) for bag in bags(copy))
        expect_equal(sorted(row["detail"]["manifest_sha256"] for row in joined[1:]), digests, "digests of manifests")
        before = len(rows)
        expect_equal(desk.json(OTTO, "case", "adopt", copy)[0]["adopted"], 0, "taken in again")
        expect_equal(len(desk.json(ANA, "case", "show", found[0]["case"])[0]["rows"]), before, "rows")
        exhibit = os.path.basename(bags(copy)[0])
        seen = desk.run(ANA, "view", "start", exhibit, "--purpose", "triage", binary=True)
        expect(len(seen) > 0, "nothing of the other node's exhibit is seen")


def digest_of(path):
    """SHA-256 of a file, as coreutils has it."""
    return subprocess.run(["sha256sum", path], check=True, capture_output=True, text=True).stdout.split()[0]


@case
def a_directory_that_others_could_write_to_is_not_read():
    """Whoever may write there could exchange a bag after it was verified; the answer says where and how to mend it."""
    with a_desk(1) as desk, another_node(desk, 1) as copy:
        for path, mode in ((copy, 0o777), (os.path.join(copy, "keys"), 0o770), (os.path.dirname(copy), 0o777)):
            was = os.stat(path).st_mode & 0o7777
            os.chmod(path, mode)
            said = refusal(desk, copy)
            expect("could write to" in said and "chmod" in said, said)
            os.chmod(path, was)
        os.chown(bags(copy)[0], 61099, STATE)
        said = refusal(desk, copy)
        expect(os.path.basename(bags(copy)[0]) in said and "chown" in said, said)
        expect_equal([one["exhibits"] for one in desk.cases()], [1], "exhibits by case")


def refusal(desk, copy):
    """What the desk says to who asks for a directory that it does not take."""
    command = [*desk.as_user(OTTO), os.path.join(programs(), "breakwater"), "case", "adopt", copy,
               "--socket", desk.socket]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    expect_equal(done.returncode, 1, done.stderr)
    return done.stderr


@case
def a_damaged_bag_stays_out_and_the_others_come_in():
    """One bit of a body, and one file too many: named with what to do, and no reason against the third."""
    with a_desk(1) as desk, another_node(desk, 3) as copy:
        first, second, _ = bags(copy)
        body = os.path.join(first, "data", "content.age.body")
        with open(body, "r+b") as file:
            byte = file.read(1)
            file.seek(0)
            file.write(bytes([byte[0] ^ 1]))
        with open(os.path.join(second, "stray.txt"), "w") as file:
            file.write("not of this bag\n")
        answer = desk.json(OTTO, "case", "adopt", copy, code=1)[0]
        expect_equal(answer["adopted"], 1, "taken in")
        left = {entry["exhibit"]: entry for entry in answer["unopened"]}
        expect_equal(sorted(left), sorted(map(os.path.basename, (first, second))), "left out")
        expect("content.age.body" in left[os.path.basename(first)]["unopened"], f"{left}")
        expect("stray.txt" in left[os.path.basename(second)]["unopened"], f"{left}")
        expect(all("copy it again" in entry["remedy"] for entry in left.values()), f"{left}")
        expect_equal([one.get("exhibits") for one in desk.cases() if "case" in one], [2], "exhibits by case")


@case
def an_exhibit_that_is_another_one_later_stops_the_approval():
    """The manifest's digest is in the case's rows; another manifest is a blocking finding of lint and draft alike."""
    with a_desk(1) as desk, another_node(desk, 1) as copy:
        desk.run(OTTO, "case", "adopt", copy)
        name = desk.cases()[0]["case"]
        exhibit = os.path.basename(bags(copy)[0])
        for one in desk.json(ANA, "case", "show", name)[0]["exhibits"]:
            desk.run(ANA, "exhibit", "classify", one["exhibit"], "A1")
            desk.run(ANA, "exhibit", "annotate", one["exhibit"])
        desk.run(ANA, "report", "lint", name)
        with open(os.path.join(bags(copy)[0], "tagmanifest-sha512.txt"), "a") as file:
            file.write("\n")
        said = desk.run(ANA, "report", "lint", name, code=1)
        expect(f"{exhibit}: is not the bundle that was adopted" in said, said)
        expect_equal(desk.json(ANA, "report", "draft", name)[0]["draft"]["blocking"], 1, "blocking findings")
        desk.run(BEN, "report", "approve", name, code=1)


if __name__ == "__main__":
    run_cases()
