"""What Breakwater refuses, and how it says so: settings, start, lists, and a disk that is full.

Judged: a refusal says everything that is wrong, where and with the way out; it changes nothing; and neither messages,
logs nor metrics tell a digest, a name or an address.
"""

import json
import os
import re
import shutil
import signal
import subprocess

from house import (
    APPLICATION, DAEMON, GROUP, IS_ROOT, Skipped, application, case, deployment, expect, expect_equal, needs_root,
    never, run_cases, sha256, some_bytes, until)


def expect_refused(ran, code, *says, way_out=r"^\w+: hint: "):
    """Ended with `code`, and its complaint holds each text and the way out."""
    expect_equal(ran.code, code, f"exit code of {ran}")
    for text in says:
        expect(text in ran.err, f"\"{text}\" is not said: {ran.err}")
    expect(re.search(way_out, ran.err, re.M), f"no way out: {ran.err}")
    expect("Fatal error" not in ran.err and ran.err.count("\n") < 20, f"not a complaint: {ran.err}")


def expect_helpful(house, ran):
    """The hint quotes a command, and after it the daemon starts."""
    quoted = re.search(r"hint: run \"(.*?)\"", ran.err)
    expect(quoted, f"no command in the hint: {ran.err}")
    helped = subprocess.run(["sh", "-c", quoted.group(1)], capture_output=True, timeout=30, check=False)
    expect_equal(helped.returncode, 0, f"what \"{quoted.group(1)}\" ends with; {helped.stderr}")
    house.start()
    expect_equal(house.stop(), 0, "exit code")


def line_of(house, text):
    lines = house.read_config().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(text))


# Settings


@case
def all_that_is_wrong_with_the_settings_is_said_at_once():
    with deployment() as house:
        for (section, key), value in {
            ("state", "reserve"): '"much"', ("scan", "workers"): "0", ("scan", "sweep"): '"25 h"',
            ("spool", "context"): '"sidecars"', ("lists", "on_stale"): '"go on"', ("metrics", "listen"): '"here"',
        }.items():
            house.set(section, key, value)
        house.write_config(house.read_config() + "\n[scan2]\nworkers = 1\n")
        ran = house.refuses_to_start()
        keys = ("reserve", "workers", "sweep", "context", "on_stale", "listen")
        expect_refused(ran, 10, "7 problems", "scan2")
        for key in keys:
            line = line_of(house, f"{key} =")
            expect(re.search(rf"breakwater\.toml:{line}: .*{key}", ran.err), f"{key} in line {line}: {ran.err}")
        expect_equal(house.cli("status").code, 10, "exit code of breakwater")


@case
def a_key_with_a_typing_error_is_named_with_its_neighbour():
    with deployment() as house:
        house.write_config(house.read_config().replace("crash_limit =", "crash_limits ="))
        expect_refused(house.refuses_to_start(), 10, "crash_limits", "crash_limit")


@case
def what_is_no_toml_is_refused_with_its_line():
    with deployment() as house:
        house.write_config(house.read_config().replace("[scan]", "[scan"))
        line = line_of(house, "[scan")
        expect_refused(house.refuses_to_start(), 10, f"breakwater.toml:{line}")


@case
def a_missing_settings_file_is_refused():
    with deployment() as house:
        os.unlink(house.config)
        refused = house.refuses_to_start()
        expect_equal(refused.code, 10, "exit code")
        expect("hint: name the settings file with --config" in refused.err, f"no way out: {refused.err}")


@case
def settings_are_checked_without_a_start():
    with deployment() as house:
        house.start()  # a check needs no lock
        program = [*house.as_daemon(), os.path.join(house.bin, "breakwaterd"), "--check-config", "--config"]
        sound = subprocess.run([*program, house.config], capture_output=True, timeout=30, check=False)
        expect_equal(sound.returncode, 0, "exit code for sound settings")
        house.set("scan", "workers", "0")
        refused = subprocess.run([*program, house.config], capture_output=True, timeout=30, check=False)
        expect_equal(refused.returncode, 10, "exit code")
        expect(b"scan.workers" in refused.stderr, f"{refused.stderr}")


def check_config(house):
    program = [*house.as_daemon(), os.path.join(house.bin, "breakwaterd"), "--check-config", "--config", house.config]
    done = subprocess.run(program, capture_output=True, timeout=30, check=False)
    return done.returncode, done.stderr.decode()


@case
def what_the_start_would_refuse_is_said_beforehand_and_all_at_once():
    with deployment() as house:
        house.set("spool", "group", '"no-such-group"')
        house.set("evidence", "custodians", f'"{house.root}/no-custodians"\nsecond_copy = "{house.root}/not-there"')
        code, said = check_config(house)
        expect_equal(code, 10, f"exit code; {said}")
        for text in ("no-such-group", "not-there", "no-custodians", "3 problems"):
            expect(text in said, f"{text} is not said: {said}")


@case
def production_is_warned_of_what_it_would_miss():
    with deployment() as house:
        keys = [custodian_key(house, number) for number in range(2)]
        text = house.read_config().replace('environment = "demonstration"', 'environment = "production"')
        house.write_config("".join(
            line for line in text.splitlines(keepends=True) if not line.startswith("demonstration_key")))
        house.set("evidence", "custodians", f'["{keys[0][1]}", "{keys[1][1]}"]')
        house.set("metrics", "listen", '"tcp:0.0.0.0:9100"')
        code, said = check_config(house)
        expect_equal(code, 0, f"exit code; {said}")
        for text in ("state.desk_key", "evidence.review", "metrics.listen", "report.phone", "report.last_name"):
            expect(f"warning: {text}" in said, f"{text} is not said: {said}")


@case
def state_and_spool_do_not_lie_in_each_other():
    with deployment() as house:
        for root in (f'"{house.spool}/state"', f'"{house.spool}"', f'"{house.place}"'):
            house.set("state", "root", root)
            expect_refused(house.refuses_to_start(), 10, "state.root" if house.place in root else "")


@case
def a_list_that_is_not_synthetic_needs_custodians():
    """The demonstration's key lies beside what it opens, so a real list is refused until two others are named."""
    with deployment() as house:
        house.set("list", "synthetic", "false")
        expect_equal(house.build().code, 0, "list build")
        refused = house.refuses_to_start()
        expect_refused(refused, 10, "not synthetic")
        expect("custodians" in refused.err, f"{refused}")
        house.set("evidence", "demonstration_key", '""')
        expect_refused(house.refuses_to_start(), 10, "evidence.custodians")
        keys = [custodian_key(house, number) for number in range(2)]
        house.set("evidence", "custodians", f'["{keys[0][1]}"]')
        expect_refused(house.refuses_to_start(), 10, "1 of the two keys")
        house.set("evidence", "custodians", f'["{keys[0][1]}", "{keys[1][1]}"]')
        house.identity = keys[1][0]
        house.start()
        house.hand_over("listed", house.listed[0])
        house.await_drafts(1)
        house.judge()


@case
def the_demonstration_key_is_refused_in_production():
    with deployment() as house:
        house.write_config(house.read_config().replace('environment = "demonstration"', 'environment = "production"'))
        expect_refused(house.refuses_to_start(), 10, "demonstration_key")


def custodian_key(house, number):
    """A key pair as age-keygen makes it: the file, and the recipient."""
    path = os.path.join(house.root, f"custodian-{number}.key")
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    made = subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True)
    return path, made.stdout.decode().strip()


# Start


@case
def a_spool_of_another_owner_is_refused():
    needs_root()
    with deployment() as house:
        for name in ("spool", "spool/work", "spool/released", "state"):
            path = os.path.join(house.place, name)
            os.chown(path, APPLICATION, -1)
            refused = house.refuses_to_start()
            expect_refused(refused, 10, path, "belongs to", "chown")
            expect_helpful(house, refused)


@case
def a_directory_of_the_wrong_mode_is_refused_with_the_right_one():
    with deployment() as house:
        for name, wrong, right in (
            ("spool/work", 0o770, "700"), ("spool/held", 0o755, "700"), ("spool/incoming", 0o2777, "2770"),
            ("spool/released", 0o2775, "2770"), ("spool", 0o777, "750"), ("state", 0o755, "710")):
            path = os.path.join(house.place, name)
            mode = os.stat(path).st_mode & 0o7777
            os.chmod(path, wrong)
            refused = house.refuses_to_start()
            expect_refused(refused, 10, path, f"chmod {right} {path}")
            expect_helpful(house, refused)
            os.chmod(path, mode)


@case
def a_group_that_the_settings_do_not_mean_is_refused():
    needs_root()
    with deployment(settings={("spool", "group"): f'"{GROUP}"'}) as house:
        os.chown(house.released, -1, DAEMON)
        os.chmod(house.released, 0o2770)
        refused = house.refuses_to_start()
        expect_refused(refused, 10, house.released, "chgrp")
        expect_helpful(house, refused)
        house.set("spool", "group", '"no-such-group"')
        expect_refused(house.refuses_to_start(), 10, "no-such-group", "groupadd")
        house.set("spool", "group", f'"{GROUP}"')
        house.start()


@case
def a_second_daemon_is_refused_and_disturbs_nothing():
    with deployment() as house:
        house.start()
        house.hand_over("one", some_bytes())
        expect_refused(house.refuses_to_start(), 11, "another breakwaterd")
        house.hand_over("two", some_bytes())
        house.judge()
        expect(house.ready()[0], "the first is not ready any more")


@case
def a_second_daemon_with_a_state_of_its_own_is_refused_the_spool():
    with deployment() as house:
        house.start()
        first = house.config
        house.config = first + ".second"
        with open(first, encoding="utf-8") as file:
            text = file.read()
        other = os.path.join(house.place, "state-2")
        os.mkdir(other)
        os.chmod(other, 0o710)
        os.chown(other, DAEMON, DAEMON)
        house.write_config(text.replace(f'"{house.state}"', f'"{other}"').replace("metrics.sock", "metrics-2.sock"))
        expect_refused(house.refuses_to_start(), 11, "holds this spool")
        house.config = first
        house.hand_over("one", some_bytes())
        house.judge()


@case
def a_state_whose_group_the_daemon_is_not_in_is_refused():
    needs_root()
    with deployment(build=False) as house:
        os.chown(house.state, -1, 61021)
        os.chmod(house.state, 0o710)
        expect_refused(house.refuses_to_start(), 10, house.state, "SupplementaryGroups=")


@case
def a_spool_on_two_mounts_is_refused():
    """A rename between two bind mounts of one file system fails, so it is found out before the first upload."""
    needs_root()
    with deployment() as house:
        house.mount("--bind", house.released, at=house.released)
        expect_refused(house.refuses_to_start(), 10, house.released, "mount")


@case
def a_mount_that_covers_a_directory_of_incoming_is_left_and_counted():
    """Below incoming/ it is an entry that cannot be claimed; the others are not affected."""
    needs_root()
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        place = os.path.join(house.incoming, "mounted")
        os.mkdir(place)
        house.mount("-t", "tmpfs", "-o", f"mode=2777,uid={DAEMON},gid={GROUP}", "tmpfs", at=place)
        with open(os.path.join(place, "file"), "wb") as file:
            file.write(b"cannot be renamed out of here")
        house.start()
        house.hand_over("beside", some_bytes())
        house.await_released("beside")
        until(lambda: house.metric("breakwater_left_behind", reason="other-mount") == 1, "counted")
        expect("other-mount" in house.ready()[1], lambda: house.ready()[1])


# Lists


@case
def a_bad_line_stops_the_build_and_the_old_generation_serves():
    with deployment() as house:
        house.start()
        secret = "0123456789abcdef"
        for bad in (secret, "g" * 64, secret * 4 + " one space", "x" * 5000, secret * 4 + "0"):
            house.write_list([sha256(some_bytes()), "", bad, sha256(some_bytes())])
            built = house.build()
            # Line 4, since write_list puts a comment on top.
            expect_refused(built, 70, f"{house.list}: line 4", way_out="correct or replace the file")
            expect(secret not in built.err + built.out, f"the line's value is in the message: {built}")
        house.hand_over("listed", house.listed[0])
        house.hand_over("other", some_bytes())
        house.await_drafts(1)
        house.judge()
        expect_equal(house.metric("breakwater_list_entries"), len(house.listed), "entries that serve")


@case
def lists_as_sha256sum_writes_them_are_read():
    with deployment(listed=0) as house:
        contents = [some_bytes() for _ in range(4)]
        house.listed += contents
        digests = [sha256(content) for content in contents]
        house.write_list([
            f"{digests[0]}  a file name", f"{digests[1].upper()} *binary", f"{digests[2]}\r", "", "  ", "# comment",
            digests[3], digests[3]])
        built = house.build()
        expect_equal(built.code, 0, f"{built}")
        house.start()
        for number, content in enumerate(contents):
            house.hand_over(f"{number}", content)
        house.await_drafts(4)
        house.judge()


@case
def without_lists_nothing_is_claimed_until_they_are_built():
    with deployment(build=False) as house:
        house.start(is_ready=False)
        is_ready, text = house.ready()
        expect(not is_ready and "breakwater list build" in text, f"/-/ready: {text}")
        house.hand_over("listed", house.listed[0])
        house.hand_over("other", some_bytes())
        never(lambda: house.files("work") or house.files("released"), 2, "claimed without lists")
        house.list_and_build([sha256(content) for content in house.listed])
        until(lambda: house.ready()[0], lambda: f"ready after the build: {house.ready()[1]}")
        house.await_drafts(1)
        house.judge()


@case
def a_new_generation_is_taken_over_without_a_restart():
    with deployment() as house:
        house.start()
        entries = house.metric("breakwater_list_entries")
        late = some_bytes()
        house.hand_over("not-yet-listed", late)
        house.judge()
        house.list_and_build([sha256(content) for content in [*house.listed, late]])
        until(lambda: house.metric("breakwater_list_entries") == entries + 1, "the new generation")
        house.listed.append(late)
        os.unlink(os.path.join(house.released, "not-yet-listed"))  # taken away, as the application does
        house.handed.clear()
        house.hand_over("listed-now", late)
        house.await_drafts(1)
        house.judge()


@case
def a_generation_that_was_tampered_with_is_not_served():
    with deployment() as house:
        house.start()
        lists = os.path.join(house.state, "lists")
        with open(os.path.join(lists, "current"), encoding="ascii") as file:
            first = file.read().strip()
        house.write_list([sha256(some_bytes())])
        expect_equal(house.stop(), 0, "exit code")
        expect_equal(house.build().code, 0, "build")
        with open(os.path.join(lists, "current"), encoding="ascii") as file:
            second = file.read().strip()
        directory = os.path.join(lists, second)
        victims = [os.path.join(directory, name) for name in os.listdir(directory)]
        victim = max(victims, key=os.path.getsize)
        with open(victim, "rb") as file:
            content = bytearray(file.read())
        content[len(content) // 2] ^= 1
        os.chmod(victim, 0o644)
        with open(victim, "wb") as file:
            file.write(content)
        house.start(is_ready=False)
        house.put("waits", some_bytes())
        never(lambda: house.files("released"), 2, f"released with a damaged {os.path.basename(victim)}")
        expect(not house.ready()[0], "ready with a damaged generation")
        house.kill()
        house.write_list([sha256(content) for content in house.listed])
        expect_equal(house.build().code, 0, "build")
        house.start()
        house.await_released("waits")
        expect(first != second, "one name for two generations")


@case
def an_older_generation_is_not_put_back():
    """Who can write current could otherwise make listed entries disappear."""
    with deployment() as house:
        current = os.path.join(house.state, "lists", "current")
        with open(current, encoding="ascii") as file:
            old = file.read()
        shutil.copytree(os.path.join(house.state, "lists", old.strip()), os.path.join(house.root, "old"))
        house.list_and_build([sha256(content) for content in [*house.listed, some_bytes()]])
        house.start()
        expect_equal(house.stop(), 0, "exit code")
        place = os.path.join(house.state, "lists", old.strip())
        if not os.path.exists(place):
            shutil.copytree(os.path.join(house.root, "old"), place)
            if IS_ROOT:
                for path in (place, *(os.path.join(place, name) for name in os.listdir(place))):
                    os.chown(path, DAEMON, DAEMON)
        with open(current, "w", encoding="ascii") as file:
            file.write(old)
        house.start(is_ready=False)
        house.put("waits", some_bytes())
        never(lambda: house.files("released"), 2, "released with an older generation")
        expect(not house.ready()[0], "ready with an older generation")


@case
def a_generation_that_is_refused_while_the_ledger_is_busy_is_tried_again():
    """The old one serves on until then."""
    with deployment() as house:
        house.start()
        entries = house.metric("breakwater_list_entries")
        late = some_bytes()
        with house.ledger_locked():
            house.list_and_build([sha256(content) for content in [*house.listed, late]])
            until(lambda: house.log_events("lists-refused"), "the refusal")
            expect_equal(house.metric("breakwater_list_entries"), entries, "entries that serve")
            house.hand_over("meanwhile", some_bytes())
            house.await_released("meanwhile")
        until(lambda: house.metric("breakwater_list_entries") == entries + 1, "the new generation")
        house.listed.append(late)
        house.hand_over("listed-now", late)
        house.await_drafts(1)
        house.judge()
        expect_equal(len(house.log_events("lists-refused")), 1, "refusals")
        expect("refused" not in house.ready()[1], lambda: house.ready()[1])
        house.check_spool()


@case
def a_generation_that_could_not_be_read_is_served_once_it_can():
    """Built by somebody with another umask, say; no restart and no signal is needed, nor a second build."""
    needs_root()
    with deployment() as house:
        house.start()
        entries = house.metric("breakwater_list_entries")
        late = some_bytes()
        house.send(signal.SIGSTOP)
        house.list_and_build([sha256(content) for content in [*house.listed, late]])
        lists = os.path.join(house.state, "lists")
        with open(os.path.join(lists, "current"), encoding="ascii") as file:
            directory = os.path.join(lists, file.read().strip())
        victim = max((os.path.join(directory, name) for name in os.listdir(directory)), key=os.path.getsize)
        mode = os.stat(victim).st_mode & 0o7777
        os.chmod(victim, 0)
        house.send(signal.SIGCONT)
        until(lambda: house.log_events("lists-refused"), "the refusal")
        expect_equal(house.metric("breakwater_list_entries"), entries, "entries that serve")
        house.hand_over("listed", house.listed[0])
        house.hand_over("other", some_bytes())
        house.await_drafts(1)
        house.judge()
        os.chmod(victim, mode)
        until(lambda: house.metric("breakwater_list_entries") == entries + 1, lambda: house.ready()[1])
        house.listed.append(late)
        house.hand_over("listed-now", late)
        house.await_drafts(2)
        house.judge()
        house.check_spool()


# A full disk


@case
def a_full_disk_under_the_state_loses_nothing():
    """Claims stop while there is less room than state.reserve; what was claimed waits; room brings everything on."""
    needs_root()
    with deployment(listed=40, settings={("state", "reserve"): '"4 MiB"', ("scan", "crash_limit"): "0"}) as house:
        aside = house.state + ".aside"
        os.rename(house.state, aside)
        os.mkdir(house.state)
        house.mount("-t", "tmpfs", "-o", f"size=16m,mode=0710,uid={DAEMON},gid={DAEMON}", "tmpfs", at=house.state)
        copy_state(aside, house.state)
        house.start()
        house.hand_over("first", house.listed[0])
        house.await_drafts(1)

        ballast = os.path.join(house.state, "ballast")
        fill(ballast, leave=2 << 20)
        until(lambda: not house.ready()[0], "not ready")
        expect("reserve" in house.ready()[1], lambda: house.ready()[1])
        for number, content in enumerate(house.listed[1:20]):
            house.hand_over(f"listed-{number}", content)
            house.hand_over(f"other-{number}", some_bytes())
        never(lambda: house.files("work") or house.files("released"), 2, "claimed without room")

        os.unlink(ballast)
        until(lambda: house.ready()[0], "ready again")
        house.await_drafts(20)

        house.send(signal.SIGSTOP)  # so that uploads are claimed before the daemon sees that there is no room
        for number, content in enumerate(house.listed[20:]):
            house.hand_over(f"more-{number}", content)
        fill(ballast, leave=0)
        house.send(signal.SIGCONT)
        until(lambda: not house.ready()[0], "not ready")
        never(lambda: b"more-0" in house.files("released"), 1, "a listed upload was released")
        places = len(house.files("incoming")) + len(house.files("work")) + len(house.bundles())
        expect(places >= 40, f"{places} of 40 listed uploads are somewhere")
        os.unlink(ballast)
        house.judge(seconds=120)
        until(lambda: len(house.drafts()) == 40, lambda: f"40 drafts, {len(house.drafts())}", 60)
        until(lambda: house.ready()[0], lambda: f"ready again: {house.ready()[1]}")
        expect_equal(house.stop(), 0, "exit code")
        house.check_spool()


@case
def a_file_system_that_fills_up_while_matches_are_preserved_loses_nothing():
    """No reserve at all: writing fails in the middle of rows, bundles and drafts."""
    needs_root()
    with deployment(listed=60, settings={("state", "reserve"): "0", ("scan", "crash_limit"): "0"}) as house:
        aside = house.state + ".aside"
        os.rename(house.state, aside)
        os.mkdir(house.state)
        house.mount("-t", "tmpfs", "-o", f"size=16m,mode=0710,uid={DAEMON},gid={DAEMON}", "tmpfs", at=house.state)
        copy_state(aside, house.state)
        house.start()
        ballast = os.path.join(house.state, "ballast")
        fill(ballast, leave=1 << 20)
        for number, content in enumerate(house.listed):
            house.hand_over(f"listed-{number}", content, context=b'{"uploader_ref": "%d"}' % number)
        until(
            lambda: not house.is_running or house.metric("breakwater_retries_total") > 0
            or len(house.drafts()) == 60,
            lambda: f"trouble: {house.whereabouts()}")
        expect(len(house.drafts()) < 60, "there was room for everything")
        never(lambda: house.files("released"), 2, "a listed upload was released")
        os.unlink(ballast)
        if not house.is_running:  # giving up is allowed, losing is not
            house.start(is_ready=False)
        until(lambda: len(house.drafts()) == 60, lambda: f"60 drafts, {len(house.drafts())}; {house.log()[-500:]}", 120)
        house.judge(seconds=120)
        house.check_spool()


@case
def a_start_without_any_room_in_the_state_releases_nothing_wrongly_and_goes_on():
    """Killed with its hands full, and not a byte for the rows that say so."""
    start_without_room(lambda house: house.kill(), counts_interruptions=True)


@case
def a_start_without_any_room_after_an_orderly_end_goes_on_too():
    """The ledger has no log beside it then, and there is no room to make one."""
    start_without_room(lambda house: house.stop(), counts_interruptions=False)


def start_without_room(end, counts_interruptions):
    needs_root()
    settings = {
        ("scan", "sweep"): '"1 s"', ("scan", "drain"): '"0 s"', ("scan", "crash_limit"): "0",
        ("state", "reserve"): '"1 MiB"'}
    with deployment(listed=6, lease=True, settings=settings) as house:
        mount_state(house, "16m")
        house.start()
        writers = []
        for number, content in enumerate(house.listed[:3]):
            house.put(f"listed-{number}.meta.json", b'{"uploader_ref": "%d"}' % number)
            writers.append(open_for_writing(house, f"listed-{number}", content))
            writers.append(open_for_writing(house, f"other-{number}", some_bytes()))
        end(house)
        for writer in writers:
            os.close(writer)
        for number, content in enumerate(house.listed[3:]):
            house.hand_over(f"waiting-{number}", content)
            house.hand_over(f"also-waiting-{number}", some_bytes())
        ballast = os.path.join(house.state, "ballast")
        fill(ballast, leave=0)
        expect_equal(os.statvfs(house.state).f_bavail, 0, "blocks that are free")
        house.launch()
        until(lambda: not house.is_running or answers(house), "the daemon to answer or to end")
        if house.is_running:
            expect(not house.ready()[0], "ready without room")
            house.await_released("other-0", "other-1", "other-2")
            never(lambda: any(b"listed" in name for name in house.files("released")), 2, "a listed upload was released")
            if counts_interruptions:
                expect(house.log_events("interruptions-uncounted"), "it is not said that interruptions are not counted")
        else:
            expect_equal(house.daemon.poll(), 75, f"exit code; {house.log()[-1000:]}")
            expect("room" in house.log() and "Fatal" not in house.log(), lambda: f"why: {house.log()[-1000:]}")
        expect(len(house.files("incoming")) == 6, lambda: f"claimed without room; {house.whereabouts()}")
        house.judge(may_wait=True)
        os.unlink(ballast)
        if not house.is_running:
            house.start(is_ready=False)
        until(lambda: house.ready()[0], lambda: f"ready: {house.ready()[1]}")
        house.await_drafts(6)
        house.judge(seconds=60)
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


def answers(house):
    try:
        return house.get("/-/ready")
    except OSError:
        return None


def open_for_writing(house, name, content):
    """Hands over a file that stays in work/ until the descriptor is closed, since it could still be written to."""
    with application():
        built = house.build_in_tmp(content)
        writer = os.open(built, os.O_WRONLY)
        os.rename(built, house.make_parents(name))
    house.note(name, content)
    until(lambda: os.fsencode(name) in house.files("work"), lambda: f"the claim; {house.whereabouts()}")
    return writer


def mount_state(house, size):
    """Gives the state a small file system of its own, with what it holds."""
    aside = house.state + ".aside"
    os.rename(house.state, aside)
    os.mkdir(house.state)
    try:
        house.mount(
            "-t", "tmpfs", "-o", f"size={size},mode=0710,uid={DAEMON},gid={DAEMON}", "tmpfs", at=house.state)
    except subprocess.CalledProcessError as error:
        raise Skipped("may not mount") from error
    copy_state(aside, house.state)


def copy_state(source, goal):
    """Copies a state with its owners and modes into a directory that is there."""
    subprocess.run(["cp", "-a", source + "/.", goal], check=True)


def fill(path, leave):
    """Takes all room of a file system but `leave` bytes."""
    room = os.statvfs(os.path.dirname(path))
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(room.f_bavail * room.f_frsize - leave, 4096))


# While it runs


@case
def settings_that_are_refused_at_a_reload_leave_the_old_ones():
    with deployment() as house:
        house.start()
        sound = house.read_config()
        house.set("scan", "workers", "0")
        house.send(signal.SIGHUP)
        until(lambda: house.metric("breakwater_reloads_total", what="settings", result="refused") == 1, "the refusal")
        until(lambda: "scan.workers" in house.log(), "a line that says what is wrong")
        house.hand_over("one", some_bytes())
        house.hand_over("listed", house.listed[0])
        house.await_drafts(1)
        house.judge()
        expect(house.ready()[0], "not ready")
        house.write_config(sound)
        house.send(signal.SIGHUP)
        until(lambda: house.metric("breakwater_reloads_total", what="settings", result="ok") == 1, "the reload")
        house.hand_over("two", some_bytes())
        house.judge()


@case
def logs_and_metrics_tell_no_digest_no_name_and_no_address():
    """A whole run with matches, held uploads, orders, a reload and a restart."""
    said = {"email": "person.unmentioned@example.org", "ip": "198.51.100.77", "screen_name": "Unmentioned Person",
            "uploader_ref": "account-unmentioned"}
    with deployment(settings={("scan", "sweep"): '"1 s"', ("spool", "hardlinks"): '"hold"'}) as house:
        house.start()
        other = some_bytes()
        for name, content in (("unmentioned-listed.jpg", house.listed[0]), ("unmentioned-other.jpg", other)):
            house.hand_over(name, content, context=json.dumps(said).encode())
        with application():
            os.symlink("/unmentioned-target", os.path.join(house.incoming, "unmentioned-link"))
            outside = house.build_in_tmp(some_bytes())
            os.link(outside, os.path.join(house.incoming, "unmentioned-linked"))
            os.makedirs(os.path.join(house.incoming, "unmentioned-directory"))
            os.chmod(os.path.join(house.incoming, "unmentioned-directory"), 0)
        for one in house.await_held(2):
            verb = ("preserve",) if one["reason"] == "hard-linked" else ("release",)
            expect_equal(house.cli("held", *verb, one["id"], "--reason", "a reason").code, 0, "order")
        house.await_drafts(1)
        house.send(signal.SIGHUP)
        until(lambda: house.metric("breakwater_reloads_total", what="settings") == 1, "the reload")
        metrics, ready = house.get("/metrics")[1], house.ready()[1]
        house.kill()
        house.start()
        metrics += house.get("/metrics")[1]
        expect_equal(house.stop(), 0, "exit code")
        os.chmod(os.path.join(house.incoming, "unmentioned-directory"), 0o770)
        words = ["nmentioned", "198.51.100", sha256(other), sha256(house.listed[0]), sha256(house.listed[1])]
        for what, text in (("log", house.log()), ("metrics", metrics), ("/-/ready", ready)):
            expect(text, f"no {what}")
            for word in words:
                expect(word.lower() not in text.lower(), f"the {what} tells {word}")
            found = re.search(r"(?<![0-9a-f-])([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])", text)
            expect(not found, lambda: f"the {what} tells what looks like a digest: {found.group(0)}")


if __name__ == "__main__":
    run_cases()
