"""What goes wrong around an upload after it was claimed: where it should go is not there, or cannot be written to.

Judged: it waits and gets where it belongs once that is mended, without a restart; the daemon goes on meanwhile, and so
do all that are not concerned.
"""

import os
import shutil
import signal
import subprocess

from house import (
    DAEMON, GROUP, Skipped, application, case, deployment, expect, expect_equal, needs_root, run_cases,
    sha256, some_bytes, until)

CONTEXT = b'{"uploader_ref": "7"}'
SOON = {("scan", "sweep"): '"1 s"'}
HOLD_LINKED = {("spool", "hardlinks"): '"hold"'}


def open_for_writing(house, name, content):
    """Hands over a file that stays in work/ until the descriptor is closed, since it could still be written to."""
    with application():
        built = house.build_in_tmp(content)
        writer = os.open(built, os.O_WRONLY)
        os.rename(built, house.make_parents(name))
    house.note(name, content)
    until(lambda: os.fsencode(name) in house.files("work"), lambda: f"the claim of {name}; {house.whereabouts()}")
    return writer


def make_released(house):
    """An empty directory as released/ must be, put in its place at once."""
    fresh = house.released + ".fresh"
    os.mkdir(fresh)
    os.chown(fresh, DAEMON, GROUP)
    os.chmod(fresh, 0o2770)
    os.rename(fresh, house.released)


def hold_linked(house, name):
    """Hands over a file that has a second name, which is held for it, and returns its id."""
    content = some_bytes()
    with application():
        os.link(house.build_in_tmp(content), house.make_parents(name))
    house.note(name, content)
    return until(
        lambda: next((one["id"] for one in house.held() if one["path"] == name and one["stage"] == "held"), None),
        lambda: f"{name} to be held; {house.whereabouts()}")


def order_release(house, upload):
    """Orders a release that cannot be carried out at once: it is recorded."""
    done = house.cli("held", "release", upload, "--reason", "a reason")
    expect_equal(done.code, 0, f"release: {done}")
    expect("as soon as" in done.out, f"it is not said that it waits: {done}")


def make_second_spool(house):
    """One more spool for the daemon, beside the first; returns its directory."""
    root = os.path.join(house.place, "other")
    for name, mode in (("", 0o750), ("tmp", 0o2770), ("incoming", 0o2770), ("released", 0o2770), ("work", 0o700),
                       ("held", 0o700)):
        path = os.path.join(root, name)
        os.mkdir(path)
        os.chown(path, DAEMON, GROUP)
        os.chmod(path, mode)
    house.write_config(house.read_config() + f"""
[[spool]]
name = "other"
root = "{root}"
group = ""
context = "sidecar"
hardlinks = "copy"
""")
    return root


def expect_served(root, name):
    """Whoever hands over in a spool that has no trouble is served."""
    content = some_bytes()
    with application():
        built = os.path.join(root, "tmp", name)
        with open(built, "wb") as file:
            file.write(content)
        os.rename(built, os.path.join(root, "incoming", name))
    path = os.path.join(root, "released", name)
    until(lambda: os.path.exists(path), f"{name} in the other spool's released/")
    with open(path, "rb") as file:
        expect_equal(sha256(file.read()), sha256(content), f"{name} in the other spool")


def await_sweeps(house, count=2):
    before = house.metric("breakwater_sweeps_total", spool="demo")
    until(lambda: house.metric("breakwater_sweeps_total", spool="demo") >= before + count, f"{count} sweeps")


def tries(house):
    return house.metric("breakwater_retries_total", spool="demo")


# released/ is replaced


@case
def what_was_claimed_before_released_was_replaced_goes_to_the_new_one():
    with deployment(lease=True, settings=SOON) as house:
        house.start()
        house.put("with.meta.json", CONTEXT)
        writers = [open_for_writing(house, name, some_bytes()) for name in ("plain", "deep/er/name", "with")]
        writers.append(open_for_writing(house, "listed", house.listed[0]))
        os.rename(house.released, house.released + ".old")
        make_released(house)
        await_sweeps(house)
        for writer in writers:
            os.close(writer)
        house.await_released("plain", "deep/er/name", "with", "with.meta.json")
        house.hand_over("after", some_bytes())
        house.await_drafts(1)
        house.judge()
        expect_equal(os.listdir(house.released + ".old"), [], "what lies in the old directory")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


@case
def while_released_is_gone_uploads_wait_for_it():
    with deployment(lease=True, settings=SOON) as house:
        other = make_second_spool(house)
        house.start()
        house.put("with.meta.json", CONTEXT)
        writers = [open_for_writing(house, name, some_bytes()) for name in ("plain", "deep/er/name", "with")]
        writers.append(open_for_writing(house, "listed", house.listed[0]))
        os.rmdir(house.released)
        for writer in writers:
            os.close(writer)
        house.await_drafts(1)
        until(lambda: tries(house) >= 6, "each to be tried twice")
        until(lambda: not house.ready()[0], "not ready without released/")
        expect("demo" in house.ready()[1], lambda: f"which spool is lost: {house.ready()[1]}")
        house.hand_over("meanwhile", some_bytes())
        expect_served(other, "beside")
        house.judge(may_wait=True)
        make_released(house)
        house.judge()
        house.await_released("plain", "deep/er/name", "with", "with.meta.json", "meanwhile")
        until(lambda: house.ready()[0], lambda: f"ready again: {house.ready()[1]}")
        expect_equal(house.held(), [], "held")
        house.check_spool()


@case
def an_ordered_release_waits_for_released_and_goes_to_the_new_one():
    """An upload that has rows is released by the other loop; it must not keep to the directory that is gone."""
    with deployment(settings={**SOON, **HOLD_LINKED}) as house:
        house.start()
        upload = hold_linked(house, "linked")
        os.rmdir(house.released)
        order_release(house, upload)
        until(lambda: house.log_events("custody-waits"), "the release to wait")
        make_released(house)
        house.await_released("linked")
        house.hand_over("after", some_bytes())
        house.judge()
        until(lambda: house.held() == [], "nothing held")
        house.check_spool()


# released/ cannot be written to


@case
def while_released_may_not_be_written_to_uploads_wait():
    """What matched nothing, what a person released, and what matched: each waits for no more than it needs."""
    needs_root()
    with deployment(settings={**SOON, **HOLD_LINKED}) as house:
        other = make_second_spool(house)
        house.start()
        upload = hold_linked(house, "deep/linked")
        os.chmod(house.released, 0o2550)
        house.hand_over("plain", some_bytes(), context=CONTEXT)
        house.hand_over("deep/er/name", some_bytes())
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        order_release(house, upload)
        expect(house.log_events("custody-waits"), "the log does not say that an upload waits")
        house.await_drafts(1)
        until(lambda: tries(house) >= 4, "each to be tried")
        expect_served(other, "beside")
        expect_equal(house.files("released"), [], "released/")
        house.judge(may_wait=True, may_be_held=True)
        os.chmod(house.released, 0o2770)
        house.judge()
        house.await_released("plain", "plain.meta.json", "deep/er/name", "deep/linked")
        until(lambda: house.held() == [], "nothing held")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


@case
def a_directory_of_released_that_may_not_be_written_to_keeps_only_its_own_waiting():
    needs_root()
    with deployment() as house:
        house.start()
        house.hand_over("closed/first", some_bytes())
        house.await_released("closed/first")
        os.chmod(os.path.join(house.released, "closed"), 0o2550)
        house.hand_over("closed/second", some_bytes(), context=CONTEXT)
        house.hand_over("open/name", some_bytes())
        house.await_released("open/name")
        until(lambda: tries(house) >= 1, "the second to be tried")
        expect(not house.is_released("closed/second"), "it is released where nothing can be written")
        house.judge(may_wait=True)
        os.chmod(os.path.join(house.released, "closed"), 0o2770)
        house.await_released("closed/second", "closed/second.meta.json")
        house.judge()
        house.check_spool()


@case
def a_spool_that_turns_read_only_keeps_its_uploads_until_it_is_writable():
    """Without CAP_LEASE each file rests in work/ for two seconds, in which the mount turns read-only."""
    needs_root()
    with deployment(lease=False, settings=HOLD_LINKED) as house:
        mount_spool(house)
        other = make_second_spool(house)
        house.start()
        upload = hold_linked(house, "linked")
        house.hand_over("plain", some_bytes(), context=CONTEXT)
        house.hand_over("deep/er/name", some_bytes())
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        until(lambda: len(house.files("work")) == 5, lambda: f"the claims; {house.whereabouts()}")
        remount(house, "ro")
        order_release(house, upload)
        until(lambda: tries(house) >= 4, "each to be tried")
        waits = {line["reason"].partition(":")[2] for line in house.log_events("custody-waits")}
        expect_equal(waits, {" Read-only file system"}, "reasons to wait")
        house.await_bundles(1)
        expect_served(other, "beside")
        expect_equal(house.files("released"), [], "released/")
        expect_equal(len(house.files("work")), 5, "files in work/")
        remount(house, "rw")
        house.judge()
        house.await_drafts(1)
        house.await_released("plain", "plain.meta.json", "deep/er/name", "linked")
        until(lambda: house.held() == [], "nothing held")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


def mount_spool(house):
    """Makes the spool a mount of its own. Its lock lies on another one: a file that is open to be written to keeps a
    mount from turning read-only."""
    lock, place = os.path.join(house.root, "lock"), os.path.join(house.spool, ".breakwaterd.lock")
    for path in (lock, place):
        with open(path, "wb"):
            os.chmod(path, 0o600)
            os.chown(path, DAEMON, DAEMON)
    try:
        house.mount("--bind", house.spool, at=house.spool)
        house.mount("--bind", lock, at=place)
    except subprocess.CalledProcessError as error:
        raise Skipped("may not mount") from error


def remount(house, how):
    subprocess.run(["mount", "-o", f"remount,bind,{how}", house.spool], check=True)


# What the state holds open is replaced


@case
def while_a_directory_of_the_state_was_replaced_matches_wait():
    """Written to the directory that was moved away, headers would go with it, and with them what opens the evidence."""
    with deployment() as house:
        house.start()
        for name in ("vault/keys", "vault/exhibits", "drafts", "custody"):
            replaced = os.path.join(house.state, name)
            os.rename(replaced, replaced + ".old")
            subprocess.run(["cp", "-a", replaced + ".old", replaced], check=True)
            before = len(house.log_events("custody-waits"))
            house.hand_over(name.replace("/", "-"), house.listed[0], context=CONTEXT)
            until(lambda: len(house.log_events("custody-waits")) > before, f"the match to wait for {name}")
            until(lambda: name in house.ready()[1], lambda: f"which directory: {house.ready()[1]}")
            expect(not house.ready()[0], "it says that it is ready")
            expect(house.files("work"), "the source is gone")
            os.rename(replaced, replaced + ".new")
            os.rename(replaced + ".old", replaced)
            until(lambda: house.ready()[0], lambda: f"ready again: {house.ready()[1]}")
            until(lambda: not house.files("work"), f"the match after {name}")
        house.await_drafts(4)
        house.judge()
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


@case
def a_restart_takes_the_directory_that_replaced_another():
    with deployment() as house:
        house.start()
        keys = os.path.join(house.state, "vault", "keys")
        os.rename(keys, keys + ".old")
        subprocess.run(["cp", "-a", keys + ".old", keys], check=True)
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        until(lambda: house.log_events("custody-waits"), "the match to wait")
        expect_equal(os.listdir(keys + ".old"), [], "headers beside the path")
        expect_equal(house.stop(), 0, "exit code")
        house.start()
        house.await_bundles(1)
        house.await_drafts(1)
        expect_equal(len(os.listdir(keys)), 1, "headers")
        house.judge()
        house.check_spool()


@case
def a_vault_that_may_not_be_written_to_is_not_ready():
    needs_root()
    with deployment() as house:
        house.start()
        keys = os.path.join(house.state, "vault", "keys")
        os.chmod(keys, 0o550)
        until(lambda: "vault/keys cannot be written to" in house.ready()[1], lambda: f"what: {house.ready()[1]}")
        expect(not house.ready()[0], "it says that it is ready")
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        until(lambda: house.log_events("custody-waits"), "the match to wait")
        os.chmod(keys, 0o2750)
        house.await_drafts(1)
        until(lambda: house.ready()[0], lambda: f"ready again: {house.ready()[1]}")
        house.judge()
        house.check_spool()


# A crash


@case
def a_crash_says_nothing_of_what_lies_in_memory():
    """Whoever starts it by hand has no unit that switches the runtime's report off."""
    with deployment() as house:
        os.environ.pop("SWIFT_BACKTRACE", None)
        house.start()
        house.send(signal.SIGSEGV)
        expect_equal(house.daemon.wait(30), -signal.SIGSEGV, "how it ends")
        expect_equal([line for line in house.log().splitlines() if not line.startswith("{")], [], "lines of a report")


# What a backup did not bring back


@case
def a_custody_log_that_was_lost_is_not_begun_anew_in_silence():
    with deployment() as house:
        house.start()
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        house.await_drafts(1)
        expect_equal(house.stop(), 0, "exit code")
        shutil.rmtree(os.path.join(house.state, "custody"))
        ran = house.refuses_to_start()
        expect_equal(ran.code, 20, f"exit code of {ran}")
        expect("custody begin --after-loss" in ran.err, f"no way out: {ran.err}")
        found = house.cli("spool", "check")
        expect(found.code == 20 and "custody" in found.out, f"spool check: {found}")
        expect_equal(house.cli("custody", "begin").code, 64, "without --after-loss")
        expect_equal(house.cli("custody", "begin", "--after-loss").code, 0, "custody begin")
        expect_equal(house.cli("custody", "begin", "--after-loss").code, 64, "a second time")
        house.start()
        said = house.cli("custody", "cat")
        expect('"log-lost"' in said.out.splitlines()[0], f"the first entry: {said.out[:300]}")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


# Its own source


@case
def a_source_whose_mode_changes_while_it_is_preserved_is_one_match():
    """ctime moves and the bytes do not: still the source of that bundle, and no upload of its own."""
    with deployment(listed=0) as house:
        content = some_bytes(64 << 20)
        house.list_and_build([sha256(content)])
        house.start()
        with application():
            path = house.build_in_tmp(content)
            descriptor = os.open(path, os.O_RDONLY)
            os.rename(path, house.make_parents("large.bin"))
            house.note("large.bin", content, is_listed=True)
        until(lambda: bundles_begun(house), "the bundle to be begun")
        os.fchmod(descriptor, 0o640)
        os.close(descriptor)
        house.await_bundles(1)
        house.judge()
        expect_equal(len(house.bundles()), 1, "bundles")
        house.check_spool()


def bundles_begun(house):
    found = [name for _, names, _ in os.walk(os.path.join(house.state, "vault")) for name in names]
    return [name for name in found if name.startswith(".ex-")]


@case
def an_order_about_a_held_upload_that_is_gone_is_refused():
    """What somebody took out of held/ is no released upload: nothing is written that would hide it."""
    with deployment() as house:
        house.start()
        with application():
            os.mkfifo(os.path.join(house.incoming, "fifo"), 0o660)
        identifier = house.await_held(1)[0]["id"]
        os.unlink(os.path.join(house.area("held"), identifier))
        for order in (("release", identifier, "--reason", "seen"), ("retry", identifier)):
            said = house.cli("held", *order)
            expect(said.code != 0 and "does not lie in held/" in said.out, f"{order[0]}: {said}")
        expect(house.cli("spool", "check").code == 20, "spool check does not tell")
        expect_equal(house.stop(), 0, "exit code")


# Drafts


@case
def a_draft_that_is_there_already_stays_as_it_is():
    """It was placed before a crash, by another version or under other settings; no start fails because of it."""
    with deployment(settings={("scan", "crash_limit"): "0"}) as house:
        house.start()
        drafts = os.path.join(house.state, "drafts")
        mode = os.stat(drafts).st_mode & 0o7777
        os.chmod(drafts, 0o550)
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        until(lambda: stages(house) == ["source-removed"], lambda: f"stages: {stages(house)}")
        until(lambda: house.log_events("custody-waits"), "the draft to wait")
        house.kill()
        os.chmod(drafts, mode)
        identifier = house.ledger("SELECT id FROM upload")[0][0]
        placed = place_draft(drafts, identifier, b'{"of": "another version"}')
        for _ in range(2):
            house.start()
            until(lambda: stages(house) == ["awaiting-review"], lambda: f"stages: {stages(house)}")
            with open(placed, "rb") as file:
                expect_equal(file.read(), b'{"of": "another version"}', "the draft")
            expect_equal(os.listdir(os.path.dirname(placed)), ["draft.json"], "the draft's files")
            house.kill()
        house.start()
        house.hand_over("next", house.listed[1])
        house.await_drafts(2)
        house.judge()
        expect_equal(house.ledger("SELECT count(*) FROM context"), [(0,)], "contexts in the ledger")
        expect_equal(house.log_events("stopping"), [], "reasons to stop")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


def stages(house):
    return [stage for stage, in house.ledger("SELECT stage FROM upload")]


def place_draft(drafts, identifier, content):
    """What a version before this one could have placed."""
    directory = os.path.join(drafts, identifier)
    os.mkdir(directory)
    path = os.path.join(directory, "draft.json")
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o440)
    os.chmod(directory, 0o2750)
    for place in (path, directory):
        os.chown(place, DAEMON, -1)
    return path


if __name__ == "__main__":
    run_cases()
