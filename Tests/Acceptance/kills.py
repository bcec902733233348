"""The daemon is killed at each fsync and at each rename that a match needs: afterwards the source is in place or its bundle
is whole, and the next start finishes it.

strace kills it as it enters the call, so the call itself is not made. Ends a series when a run needs no such call more.
"""

import json
import os
import shutil
import signal

from house import (
    Failed, Skipped, case, deployment, expect, expect_equal, run_cases, sha256, some_bytes, until)

CONTEXT = b'{"uploader_ref": "account-4711"}'
MOST = 200  # calls of one kind that a match may need at most


def kill_at(house, call, number):
    """Runs the daemon until its call of this number; False when it finished the match before."""
    house.prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                    "-e", f"inject={call}:signal=SIGKILL:when={number}"]
    house.launch()
    house.prefix = []
    until(lambda: house.daemon.poll() is not None or house.ledger_says_done(), f"{call} {number}", 60)
    if house.daemon.poll() is None:
        house.daemon.send_signal(signal.SIGKILL)
        house.daemon.wait()
        return False
    return True


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
                return "source"
    for bundle in house.bundles():
        if house.digest_in(bundle) == digest:
            return "bundle"
    raise Failed(f"neither source nor bundle: {house.whereabouts()}, {house.bundles()}")


def series(call):
    if shutil.which("strace") is None:
        raise Skipped("needs strace")
    places = []
    for number in range(1, MOST):
        with deployment(listed=1, settings={("scan", "crash_limit"): "0", ("scan", "workers"): "1"}) as house:
            second = os.path.join(house.place, "second")
            os.mkdir(second, 0o750)
            shutil.chown(second, os.stat(house.state).st_uid, os.stat(house.state).st_gid)
            house.write_config(house.read_config().replace(
                "custodians = []", f"custodians = []\nsecond_copy = {json.dumps(second)}"))
            house.ledger_says_done = lambda: rests(house)
            house.hand_over("listed", house.listed[0], context=CONTEXT)
            house.hand_over("other", some_bytes())
            was_killed = kill_at(house, call, number)
            places.append(source_or_bundle(house, house.listed[0]))
            house.start()
            house.await_drafts(1)
            house.judge()
            expect_equal(house.context_of(house.bundles()[0]), CONTEXT, "the context")
            house.check_spool()
            verified = house.cli("evidence", "verify", "--all")
            expect(verified.code == 0, f"evidence verify after {call} {number}: {verified}")
        if not was_killed:
            break
    else:
        raise Failed(f"{MOST} calls of {call} did not finish one match")
    print(f"   {call}: killed {len(places) - 1} times; {places.count('source')} with its source, "
          f"{places.count('bundle')} with its bundle")


@case
def killed_at_each_fsync_nothing_is_lost():
    series("fsync")


@case
def killed_at_each_rename_nothing_is_lost():
    series("renameat2")


if __name__ == "__main__":
    run_cases()
