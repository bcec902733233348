"""Every way in which a file can arrive is seen by the kernel's events alone.

Sweeps are 24 h apart, so that a verdict means that a hint, or what a hint led to, found the file. Judged: guarantee 1
in every case, and that nothing is released while somebody can still write to it.
"""

import ctypes
import mmap
import os
import shutil
import signal
import time

from house import (
    DAEMON, GROUP, HAS_LEASE, IS_ROOT, application, case, deployment, expect, expect_equal, never, run_cases, sha256,
    some_bytes, until)

HINTS_ONLY = {("scan", "sweep"): '"24 h"'}
AT_FDCWD, AT_SYMLINK_FOLLOW, RENAME_EXCHANGE = -100, 0x400, 2

libc = ctypes.CDLL(None, use_errno=True)


def watched(lease=HAS_LEASE, **settings):
    """A house whose daemon runs and gets no help from sweeps."""
    return deployment(lease=lease, settings={**HINTS_ONLY, **settings})


def call(function, *arguments):
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def exchange(one, other):
    """renameat2(RENAME_EXCHANGE): both names change places at once."""
    call(libc.renameat2, AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)


def link_descriptor(descriptor, goal):
    """Gives a file without a name one."""
    source = b"/proc/self/fd/%d" % descriptor
    call(libc.linkat, AT_FDCWD, source, AT_FDCWD, os.fsencode(goal), AT_SYMLINK_FOLLOW)


def map_shared(path, length):
    """Maps a file writable and closes its descriptor, which Python's own mapping would keep."""
    descriptor = os.open(path, os.O_RDWR)
    libc.mmap.restype = ctypes.c_void_p
    address = libc.mmap(None, ctypes.c_size_t(length), mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, descriptor, 0)
    os.close(descriptor)
    expect(address != ctypes.c_void_p(-1).value, "mmap failed")
    return ctypes.c_void_p(address)


@case
def a_file_renamed_in_gets_its_verdict():
    with watched() as house:
        house.start()
        house.hand_over("renamed", some_bytes())
        house.hand_over("listed", house.listed[0])
        house.await_released("renamed")
        house.await_drafts(1)
        house.judge()
        expect_equal(house.metric("breakwater_sweep_found_total"), 0, "found by sweeps")
        expect_equal(house.metric("breakwater_uploads_total", verdict="released"), 1, "released by the metrics")
        expect_equal(house.metric("breakwater_uploads_total", verdict="match"), 1, "matches by the metrics")
        expect_equal(house.stop(), 0, "exit code")
        house.check_spool()


@case
def a_file_linked_in_is_released_as_a_copy():
    """Who keeps the other name cannot change what was released."""
    with watched() as house:
        house.start()
        content = some_bytes()
        with application():
            outside = house.build_in_tmp(content)
            os.link(outside, os.path.join(house.incoming, "linked"))
        house.note("linked", content)
        house.await_released("linked")
        goal = os.path.join(house.released, "linked")
        expect(os.stat(goal).st_ino != os.stat(outside).st_ino, "the shared inode was released")
        with application():
            with open(goal, "rb") as file:
                expect_equal(file.read(), content, "what the application reads in released/")
            with open(outside, "wb") as file:
                file.write(b"other bytes")
            os.unlink(outside)
        house.judge()


@case
def who_wants_to_write_while_a_file_is_read_ends_nobody():
    """The kernel tells the daemon of it by SIGIO, which would end a process that does not ignore it."""
    with watched() as house:
        house.start()
        refused = 0
        for number in range(30):
            content = some_bytes() + os.urandom(3 << 20)
            with application():
                built = house.build_in_tmp(content)
                reader = os.open(built, os.O_RDONLY)
                os.rename(built, os.path.join(house.incoming, f"wanted-{number}"))
                house.note(f"wanted-{number}", content)
                refused += is_refused_a_writer(reader)
                os.close(reader)
        expect(refused > 0 or not HAS_LEASE, "the daemon held a lease at no time")
        expect(house.is_running, "the daemon has ended")
        house.judge(may_be_held=True)
        expect_equal(house.stop(), 0, "exit code")


def is_refused_a_writer(reader, seconds=1):
    """Whether the file of this descriptor cannot be opened for writing at some time soon."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.close(os.open(f"/proc/self/fd/{reader}", os.O_WRONLY | os.O_NONBLOCK))
        except BlockingIOError:
            return True
        time.sleep(0.0003)
    return False


@case
def a_listed_file_linked_in_is_quarantined():
    with watched() as house:
        house.start()
        with application():
            outside = house.build_in_tmp(house.listed[0])
            os.link(outside, os.path.join(house.incoming, "linked"))
        house.note("linked", house.listed[0])
        house.await_drafts(1)
        os.unlink(outside)
        house.judge()


@case
def a_file_without_a_name_is_linked_into_incoming():
    """O_TMPFILE, and closed before or after it gets its name: the kernel names it #inode when it is closed."""
    with watched() as house:
        house.start()
        for place in ("tmp", "incoming"):
            for closes_first in (True, False):
                name = f"{place}-{closes_first}"
                content = some_bytes()
                with application():
                    writer = os.open(house.area(place), os.O_TMPFILE | os.O_WRONLY, 0o660)
                    os.write(writer, content)
                    reader = os.open(f"/proc/self/fd/{writer}", os.O_RDONLY) if closes_first else writer
                    if closes_first:
                        os.close(writer)
                    link_descriptor(reader, os.path.join(house.incoming, name))
                    os.close(reader)
                house.note(name, content)
                house.await_released(name)
        house.judge()


@case
def an_upload_that_arrives_by_exchange_gets_its_verdict():
    """The events are MOVED_TO and then MOVED_FROM of one name, which is still there."""
    with watched() as house:
        house.start()
        for number in range(500):
            decoy, content = some_bytes(), some_bytes()
            with application():
                upload = house.build_in_tmp(content)
            house.put(f"slot-{number}", decoy)
            try:
                with application():
                    exchange(upload, os.path.join(house.incoming, f"slot-{number}"))
            except FileNotFoundError:
                house.note(f"slot-{number}", decoy)
                os.unlink(upload)
                continue
            expect_equal(open(upload, "rb").read(), decoy, "what came out")
            os.unlink(upload)
            house.note(f"slot-{number}", content)
            break
        else:
            expect(False, "the daemon was always faster")
        house.judge()


@case
def an_upload_that_takes_the_place_of_a_directory_gets_its_verdict():
    with watched() as house:
        house.start()
        content = some_bytes()
        with application():
            slot = house.make_parents("slot/x")[:-2]
            upload = house.build_in_tmp(content)
            house.put("first", b"first, so that the directory is known" + content)
        house.note("first", b"first, so that the directory is known" + content)
        house.await_released("first")
        with application():
            exchange(upload, slot)
            os.rmdir(upload)
        house.note("slot", content)
        house.await_released("slot")
        house.judge()


@case
def a_file_in_directories_just_made_gets_its_verdict():
    """Only the uppermost directory raises an event; 30 times, since it is a race."""
    with watched() as house:
        house.start()
        for number in range(30):
            house.hand_over(f"a{number}/b/c/d/file", some_bytes())
        house.judge()


@case
def a_file_made_in_directories_just_made_gets_its_verdict():
    """As above, without tmp/: mkdir -p and a redirection."""
    with watched() as house:
        house.start()
        for number in range(30):
            content = some_bytes()
            with application():
                goal = house.make_parents(f"a{number}/b/c/d/file")
                with open(goal, "wb") as file:
                    file.write(content)
            house.note(f"a{number}/b/c/d/file", content)
        house.judge()


@case
def a_populated_tree_moved_in_gets_its_verdicts():
    """Fifteen directories with four files each, 20 times: they come to be empty while others still fill."""
    with watched() as house:
        house.start()
        for turn in range(20):
            tree = os.path.join(house.area("tmp"), f"tree-{turn}")
            with application():
                for number in range(60):
                    name = f"{number % 3}/{number % 5}/{number}"
                    content = some_bytes()
                    os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
                    os.rename(house.build_in_tmp(content), os.path.join(tree, name))
                    house.note(f"tree-{turn}/{name}", content)
                os.rename(tree, os.path.join(house.incoming, f"tree-{turn}"))
            house.await_idle()
        house.judge()
        for handed in house.handed:
            expect(house.is_released(handed.name), f"{handed.name} is not at its place")


@case
def files_keep_coming_while_their_directory_is_renamed():
    with watched() as house:
        house.start()
        house.hand_over("name-0/deep/first", some_bytes())
        house.await_released("name-0/deep/first")
        for turn in range(10):
            for number in range(10):
                house.hand_over(f"name-{turn}/{turn}-{number}", some_bytes())
                house.hand_over(f"name-{turn}/deep/{turn}-{number}", some_bytes())
            with application():
                os.rename(house.make_parents(f"name-{turn}"), house.make_parents(f"name-{turn + 1}"))
        house.hand_over("name-10/last", some_bytes())
        house.hand_over("name-10/deep/last", some_bytes())
        house.hand_over("name-0/again", some_bytes())
        house.judge()


@case
def files_keep_coming_while_two_directories_change_places():
    """Each goes on being watched under the other's name."""
    with watched() as house:
        house.start()
        sides = ("left", "right/deep")
        for side in sides:
            house.hand_over(f"{side}/inner/first", some_bytes())
        house.await_idle()
        for turn in range(10):
            for side in sides:
                house.hand_over(f"{side}/{turn}-before", some_bytes())
            with application():
                exchange(*(os.path.join(house.incoming, side) for side in sides))
            for side in sides:
                house.hand_over(f"{side}/{turn}-after", some_bytes())
                house.hand_over(f"{side}/inner/{turn}", some_bytes())
        house.judge()


@case
def a_directory_that_is_removed_and_made_again_is_watched_again():
    with watched() as house:
        house.start()
        for number in range(30):
            house.hand_over(f"box/inner/{number}", some_bytes())
            house.await_released(f"box/inner/{number}")
            with application():
                os.rmdir(os.path.join(house.incoming, "box", "inner"))
                os.rmdir(os.path.join(house.incoming, "box"))
        house.judge()


@case
def more_new_directories_than_are_remembered_lose_nothing():
    with watched() as house:
        house.start()
        house.send(signal.SIGSTOP)
        for number in range(1500):
            house.hand_over(f"{number}/deep/file", some_bytes())
        house.send(signal.SIGCONT)
        house.judge(seconds=120)
        house.hand_over("1499/deep/again", some_bytes())
        house.hand_over("0/deep/again", some_bytes())
        house.judge()


@case
def directories_that_come_and_go_at_once_cast_no_doubt():
    """Gone before they can be opened or watched, which is nothing to sweep everything for."""
    with watched() as house:
        house.start()
        house.hand_over("stays/first", some_bytes())
        with application():
            for number in range(1500):
                path = os.path.join(house.incoming, f"{number % 7}")
                os.makedirs(os.path.join(path, "in", "ner"))
                for inner in ("in/ner", "in", ""):
                    os.rmdir(os.path.join(path, inner))
                if number % 150 == 0:
                    house.hand_over(f"stays/{number}", some_bytes())
        for name in ("0/in/ner/name", "stays/deep/name", "top"):
            house.hand_over(name, some_bytes())
        house.judge()
        for reason in ("doubt", "root"):
            expect_equal(house.metric("breakwater_sweeps_total", reason=reason), 0, f"sweeps because of {reason}")
        expect("not all of it is watched" not in house.ready()[1], lambda: house.ready()[1])
        house.check_spool()


@case
def a_directory_that_left_incoming_is_watched_no_more():
    """Files that come to be in it outside are not the spool's, and a new directory of its name is seen."""
    with watched() as house:
        house.start()
        house.hand_over("box/one", some_bytes())
        house.await_released("box/one")
        with application():
            outside = os.path.join(house.area("tmp"), "box")
            os.rename(os.path.join(house.incoming, "box"), outside)
            with open(os.path.join(outside, "two"), "wb") as file:
                file.write(b"not handed over")
        house.hand_over("box/two", some_bytes())
        house.hand_over("box/three", some_bytes())
        house.await_released("box/two", "box/three")
        expect(os.path.exists(os.path.join(outside, "two")), "a file outside of incoming/ was taken")
        shutil.rmtree(outside)
        house.judge()


@case
def an_overflow_of_the_kernels_queue_loses_nothing():
    """The queue holds fs.inotify.max_queued_events; what comes after is not told, a new directory among it."""
    with watched() as house:
        house.start()
        with open("/proc/sys/fs/inotify/max_queued_events", encoding="ascii") as file:
            room = int(file.read())
        house.send(signal.SIGSTOP)
        for number in range(room + 200):
            house.hand_over(f"{number}", b"%d of many " % number + some_bytes(16))
        house.hand_over("new/directory/file", some_bytes())
        house.hand_over("listed", house.listed[0])
        house.send(signal.SIGCONT)
        house.judge(seconds=300)
        expect(house.metric("breakwater_hint_overflows_total") > 0, "no overflow was counted")
        expect(house.metric("breakwater_sweep_found_total") > 0, "no upload was counted as found by a sweep")


@case
def a_new_incoming_directory_is_served():
    """The old one is moved away while the daemon runs; its watch tells."""
    with watched() as house:
        house.start()
        house.hand_over("before", some_bytes())
        house.await_released("before")
        fresh, old = house.incoming + ".fresh", house.incoming + ".old"
        os.mkdir(fresh)
        os.chown(fresh, DAEMON, GROUP)
        os.chmod(fresh, 0o2770)
        os.rename(house.incoming, old)
        os.rename(fresh, house.incoming)
        house.hand_over("after", some_bytes())
        house.hand_over("deep/after", some_bytes())
        house.await_released("after", "deep/after")
        with application():
            with open(os.path.join(old, "stray"), "wb") as file:
                file.write(b"not handed over any more")
        house.hand_over("last", some_bytes())
        house.judge()
        expect(os.path.exists(os.path.join(old, "stray")), "a file of the old directory was taken")
        expect_equal(house.metric("breakwater_spool_up"), 1, "breakwater_spool_up")


@case
def a_new_spool_at_the_old_path_is_served():
    """The whole root is moved away: no event tells, so this is for the sweeps."""
    with watched() as house:
        house.set("scan", "sweep", '"2 s"')
        house.start()
        house.hand_over("before", some_bytes())
        house.await_released("before")
        house.handed.clear()
        os.rename(house.spool, house.spool + ".old")
        os.mkdir(house.spool + ".new")
        for name, mode in (("tmp", 0o2770), ("incoming", 0o2770), ("released", 0o2770), ("work", 0o700),
                           ("held", 0o700)):
            path = os.path.join(house.spool + ".new", name)
            os.mkdir(path)
            os.chown(path, DAEMON, GROUP)
            os.chmod(path, mode)
        os.chown(house.spool + ".new", DAEMON, GROUP)
        os.chmod(house.spool + ".new", 0o750)
        os.rename(house.spool + ".new", house.spool)
        house.hand_over("after", some_bytes())
        house.hand_over("deep/after", some_bytes())
        house.hand_over("listed", house.listed[0])
        house.await_released("after", "deep/after")
        house.judge()
        expect(house.ready()[0], lambda: f"not ready: {house.ready()[1]}")


@case
def a_spool_that_is_gone_for_a_while_is_not_ready():
    """Nothing is taken for an empty spool: the daemon says which one is lost, and goes on when it is back."""
    with watched() as house:
        house.set("scan", "sweep", '"2 s"')
        house.start()
        os.rename(house.spool, house.spool + ".away")
        until(lambda: not house.ready()[0], "not ready without the spool")
        expect("demo" in house.ready()[1], lambda: f"which spool is lost: {house.ready()[1]}")
        os.rename(house.spool + ".away", house.spool)
        until(lambda: house.ready()[0], lambda: f"ready again: {house.ready()[1]}")
        house.hand_over("after", some_bytes())
        house.judge()


@case
def a_writer_in_place_that_closes_late_is_waited_for():
    with watched(lease=True) as house:
        house.start()
        first, last = some_bytes(), some_bytes()
        with application():
            writer = os.open(os.path.join(house.incoming, "late"), os.O_WRONLY | os.O_CREAT, 0o660)
        os.write(writer, first)
        never(lambda: house.is_released("late"), 3, "released while it was open for writing")
        os.write(writer, last)
        os.close(writer)
        house.note("late", first + last)
        house.judge()


@case
def a_listed_file_written_in_place_is_quarantined():
    """What was there when the file was first seen matched nothing; what is there in the end does."""
    with watched() as house:
        house.start()
        content = house.listed[0]
        with application():
            writer = os.open(os.path.join(house.incoming, "late"), os.O_WRONLY | os.O_CREAT, 0o660)
        for at in range(0, len(content), 50):
            os.write(writer, content[at:at + 50])
            time.sleep(0.3)
        os.close(writer)
        house.note("late", content)
        house.await_drafts(1)
        house.judge()


@case
def a_file_that_is_still_mapped_is_waited_for():
    """Its descriptor is closed; a shared, writable mapping can still change it without a trace."""
    with watched(lease=True) as house:
        house.start()
        content = some_bytes(8192)
        with application():
            built = house.build_in_tmp(content)
            mapping = map_shared(built, len(content))
            os.rename(built, os.path.join(house.incoming, "mapped"))
        never(lambda: house.is_released("mapped"), 4, "released while it was mapped")
        ctypes.memmove(mapping, b"changed!", 8)
        call(libc.munmap, mapping, ctypes.c_size_t(len(content)))
        house.note("mapped", b"changed!" + content[8:])
        house.judge()


@case
def without_the_capability_a_file_waits_for_two_equal_looks():
    """No CAP_LEASE: another user's writer cannot be asked for, so a file that grows is told by its status."""
    with deployment(settings=HINTS_ONLY, lease=False) as house:
        house.start()
        house.hand_over("still", some_bytes())
        house.hand_over("listed", house.listed[0])
        parts = [some_bytes() for _ in range(5)]
        with application():
            writer = os.open(os.path.join(house.incoming, "grows"), os.O_WRONLY | os.O_CREAT, 0o660)
        for part in parts:
            os.write(writer, part)
            never(lambda: house.is_released("grows"), 1, "released while it grew")
        os.close(writer)
        house.note("grows", sha256(b"".join(parts)))
        house.await_released("still", "grows")
        house.judge()
        if IS_ROOT:
            expect_equal(house.metric("breakwater_settle_posture", posture="two-looks"), 1, "posture by the metrics")


if __name__ == "__main__":
    run_cases()
