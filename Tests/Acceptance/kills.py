"""Evidence and its keys, with a second copy: whatever is written or exchanged there is killed at every call that matters.

faults.py disturbs every call that an upload needs; here it is what that house has not: the second copy of a match, the
headers that a custodian makes anew (`keys rewrap`), a restore, and the end of an exhibit. strace kills at each fsync, rename or
unlink, one after another, as the program enters the call, so the call itself is not made. A series ends when a run needs
no such call more. Afterwards: the source is in place or its bundle is whole; headers are the old ones or the new ones,
and open; what was given back is restored and nothing else is; what is destroyed is destroyed everywhere, and the next start
finishes it.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess

import custody
from house import (
    Failed, Skipped, case, deployment, expect, expect_equal, run_cases, sha256, some_bytes, until)

CONTEXT = b'{"uploader_ref": "account-4711"}'
MOST = 200  # calls of one kind that one act may need at most
# Every so many of the calls of a series: 1 for all of them, more where minutes count.
STRIDE = int(os.environ.get("BREAKWATER_STRIDE", "1"))


def strace(call, number):
    """What a command begins with that is to be killed at its call of this number; it stays the child that is waited for."""
    if shutil.which("strace") is None:
        raise Skipped("needs strace")
    return ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={number}"]


def daemon_killed_at(house, call, number, is_done):
    """Runs the daemon until its call of this number; False when all was done before."""
    house.prefix = strace(call, number)
    house.launch()
    house.prefix = []
    until(lambda: house.daemon.poll() is not None or is_done(), f"{call} {number}", 60)
    if house.daemon.poll() is None:
        house.daemon.send_signal(signal.SIGKILL)
        house.daemon.wait()
        return False
    return True


def series(call, one):
    """`one(number)` with 1, 2, 3 and so on, or by `STRIDE`, until it was not killed; what it found at each kill."""
    found = []
    for number in range(1, MOST, STRIDE):
        was_killed, what = one(number)
        if not was_killed:
            break
        found.append(what)
    else:
        raise Failed(f"{MOST} calls of {call} did not finish")
    print(f"   {call}: killed {len(found)} times; " + ", ".join(
        f"{found.count(what)} with {what}" for what in sorted(set(found))))


SETTINGS = {("scan", "crash_limit"): "0", ("scan", "workers"): "1"}


# A match with a second copy

def rests(house):
    try:
        rows = house.ledger("SELECT stage, rests FROM upload")
    except Exception:  # no ledger yet
        return False
    return bool(rows) and all(row == ("awaiting-review", 1) for row in rows)


def source_or_bundle(house, content):
    """What must hold at every moment: the bytes lie in the spool, or in a bundle that is whole and opens."""
    digest = sha256(content)
    for area in ("incoming", "work"):
        for name in house.files(area):
            if house.digest_of(os.path.join(os.fsencode(house.area(area)), name)) == digest:
                return "the source"
    for bundle in house.bundles():
        if house.digest_in(bundle) == digest:
            return "the bundle"
    raise Failed(f"neither source nor bundle: {house.whereabouts()}, {house.bundles()}")


def preserved_after_a_kill(call, number):
    with deployment(listed=1, settings=SETTINGS) as house:
        custody.with_second_copy(house)
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        house.hand_over("other", some_bytes())
        was_killed = daemon_killed_at(house, call, number, lambda: rests(house))
        found = source_or_bundle(house, house.listed[0])
        house.start()
        house.await_drafts(1)
        house.judge()
        expect_equal(house.context_of(house.bundles()[0]), CONTEXT, "the context")
        house.check_spool()
        verified = house.cli("evidence", "verify", "--all")
        expect(verified.code == 0, f"evidence verify after {call} {number}: {verified}")
        return was_killed, found


@case
def a_match_with_a_second_copy_is_killed_at_each_fsync():
    series("fsync", lambda number: preserved_after_a_kill("fsync", number))


@case
def a_match_with_a_second_copy_is_killed_at_each_rename():
    series("renameat2", lambda number: preserved_after_a_kill("renameat2", number))


# Headers that are made anew

class Rewrapping:
    """A custodian's folder of headers, and the keys that they are for before and after."""

    def __init__(self, house, place):
        self.house, self.folder = house, os.path.join(place, "keys")
        self.bundle = house.bundles()[0]
        self.pristine = os.path.join(house.state, "vault", "keys")
        self.new = [self.key(place, name) for name in ("one", "other")]

    @staticmethod
    def key(place, name):
        path = os.path.join(place, name)
        subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
        public = subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True).stdout.decode().strip()
        return path, public

    def put_back(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.pristine, self.folder)

    def run(self, prefix=()):
        words = [*prefix, os.path.join(self.house.bin, "breakwater"), "keys", "rewrap", "--identity",
                 self.house.identity, "--keys", self.folder]
        for _, public in self.new:
            words += ["--custodian", public]
        return subprocess.run(words, capture_output=True, timeout=60).returncode

    def opens(self, identity):
        """Whether both bodies open with the headers that have their name."""
        name = os.path.basename(self.bundle)
        for part in ("content", "subject"):
            header = os.path.join(self.folder, name, f"{part}.custodians.age.hdr")
            if not os.path.exists(header):
                return False
            sealed = b"".join(open(path, "rb").read() for path in (
                header, os.path.join(self.bundle, "data", f"{part}.age.body")))
            done = subprocess.run(["age", "-d", "-i", identity], input=sealed, capture_output=True)
            if done.returncode != 0:
                return False
        return True

    def killed_at(self, call, number):
        self.put_back()
        code = self.run(strace(call, number))
        old, new = self.opens(self.house.identity), all(self.opens(path) for path, _ in self.new)
        expect(old != new, f"after {call} {number}: old keys open {old}, new ones {new}")
        again = self.run()
        expect_equal(again, 1 if new else 0, f"the exit code of a rewrap after {call} {number}")
        expect(all(self.opens(path) for path, _ in self.new) and not self.opens(self.house.identity), "the second try")
        expect_equal([name for name in os.listdir(self.folder) if name.startswith(".")], [], "what is left")
        return code != 0, "the new headers" if new else "the old headers"


@case
def an_exchange_of_headers_is_killed_at_each_call():
    with deployment(listed=1) as house:
        house.start()
        house.hand_over("listed", house.listed[0])
        house.await_drafts(1)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        rewrapping = Rewrapping(house, house.root)
        for call in ("renameat2", "fsync", "unlinkat", "mkdirat", "fchmod"):
            series(call, lambda number, call=call: rewrapping.killed_at(call, number))


# A restore

def killed_before_its_move(house):
    expect(daemon_killed_at(house, "renameat2", 1, lambda: False), "a restore that moves nothing")


def killed_after_its_move(house):
    """strace keeps the call from returning, and meanwhile its effect is seen."""
    house.prefix = [*strace("renameat2", 1)[:-1], "inject=renameat2:delay_exit=5000000"]
    house.launch()
    house.prefix = []
    until(lambda: os.listdir(house.released), "the move", 60)
    house.kill()


def given_back_after_a_kill(kill, is_given):
    """The application takes what comes back, and a list comes that the order does not cover, before the next start."""
    with deployment(listed=1, settings=SETTINGS) as house:
        content = house.listed[0]
        house.list_and_build([hashlib.sha1(content).hexdigest()])
        desk = custody.Desk(house)
        house.start()
        upload = custody.a_match(house, "a.jpg", content)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        order = desk.place("restore", upload, custody.TWO, content, attributes=custody.KEPT, **custody.LATER)
        kill(house)
        given = os.listdir(house.released)
        expect_equal(given, ["a.jpg"] if is_given else [], "what the application finds")
        for name in given:
            os.unlink(os.path.join(house.released, name))
        house.list_and_build([hashlib.sha1(content).hexdigest(), sha256(content)])
        house.start()
        expect_equal(desk.answer(order, "restore")["done"], is_given, "the answer")
        until(lambda: os.listdir(os.path.join(house.state, "orders")) == ["answers"], "no plaintext in orders/")
        for place in (house.released, house.area("held")):
            expect_equal(os.listdir(place), [], place)
        expect_equal(len(os.listdir(os.path.join(house.state, "suppressions"))), len(given), "suppressions")
        expect_equal(house.stop(), 0, "exit code after the recovery")
        said = custody.times(house, "restore.done", "order.refused")
        expect_equal(said, [1, 0] if is_given else [0, 1], "what the log says")
        expect_equal(house.cli("custody", "verify").code, 0, "custody verify")
        house.check_spool()


@case
def a_restore_that_a_list_overtakes_is_killed_before_and_after_its_move():
    given_back_after_a_kill(killed_before_its_move, False)
    given_back_after_a_kill(killed_after_its_move, True)


# The end of an exhibit

def destroyed_after_a_kill(call, number):
    with deployment(listed=1, settings=SETTINGS) as house:
        second = custody.with_second_copy(house)
        desk = custody.Desk(house)
        house.start()
        house.hand_over("listed", house.listed[0])
        house.await_drafts(1)
        upload = os.path.basename(house.bundles()[0])[3:]
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": custody.now()}}
        persons = (custody.DESTROYERS[0], ("s-19", "counsel"))
        order = desk.place("destroy", upload, persons, **police)
        answer = os.path.join(house.state, "orders", "answers", f"{order}.json")
        was_killed = daemon_killed_at(house, call, number, lambda: os.path.exists(answer))
        begun = not os.path.exists(os.path.join(house.state, "vault", "keys", f"ex-{upload}"))
        house.start()
        until(lambda: os.path.exists(answer), f"the answer after {call} {number}")
        expect_equal(house.stop(), 0, "exit code after the recovery")
        left = [path for top in (f"{house.state}/vault", second, f"{house.state}/drafts")
                for path in custody.everything_below(top) if upload in path and "/certificates/" not in path]
        expect_equal(left, [], f"what is left of the exhibit after {call} {number}")
        with open(os.path.join(house.state, "vault", "certificates", f"ex-{upload}.json"), encoding="utf-8") as file:
            places = {one["what"]: one["method"] for one in json.load(file)["places"]}
        for what in ("key headers, vault", "key headers, second copy", "sealed bodies and records, vault",
                     "sealed bodies and records, second copy", "draft report"):
            expect_equal(places[what], "unlinked", f"{what} after {call} {number}")
        expect_equal(house.cli("custody", "verify").code, 0, f"custody verify after {call} {number}")
        return was_killed, "headers that were gone" if begun else "headers that were there"


@case
def a_destruction_is_killed_at_each_unlink():
    series("unlinkat", lambda number: destroyed_after_a_kill("unlinkat", number))


if __name__ == "__main__":
    run_cases()
