"""What is no plain file with a plain name: it is held with the reason, left where it is, or released under its name.

Judged: nothing odd is followed, lost, released unread or called a match, and it keeps nobody else waiting.
"""

import os
import re
import signal
import socket
import stat

from house import (
    application, case, chance, deployment, expect, expect_equal, needs_root, never,
    run_cases, some_bytes, until)


def expect_held(house, reason, kind):
    """One upload is held for this reason, unchanged, and nothing was preserved or released of it."""
    held = house.await_held(1)
    expect_equal([one["reason"] for one in held], [reason], "reasons")
    path = os.path.join(house.area("held"), held[0]["id"])
    expect(kind(os.lstat(path).st_mode), f"not what was handed over: {oct(os.lstat(path).st_mode)}")
    expect_equal(house.metric("breakwater_held_total", reason=reason), 1, "held by the metrics")
    house.hand_over("afterwards", some_bytes())
    house.await_released("afterwards")
    expect_equal(house.files("released"), [b"afterwards"], "released")
    expect_equal(house.bundles(), [], "bundles")
    house.check_spool()


@case
def a_symbolic_link_to_a_listed_file_is_held_and_not_followed():
    with deployment() as house:
        house.start()
        target = os.path.join(house.root, "target")
        with open(target, "wb") as file:
            file.write(house.listed[0])
        os.chmod(target, 0o644)
        with application():
            os.symlink(target, os.path.join(house.incoming, "link"))
        expect_held(house, "symbolic-link", stat.S_ISLNK)
        expect_equal(open(target, "rb").read(), house.listed[0], "the target")


@case
def a_symbolic_link_to_a_directory_is_held_and_not_entered():
    with deployment() as house:
        house.start()
        with application():
            outside = os.path.join(house.area("tmp"), "outside")
            os.mkdir(outside)
            with open(os.path.join(outside, "file"), "wb") as file:
                file.write(b"not handed over")
            os.symlink(outside, os.path.join(house.incoming, "link"))
        expect_held(house, "symbolic-link", stat.S_ISLNK)
        expect(os.path.exists(os.path.join(outside, "file")), "a file behind the link was taken")


@case
def a_fifo_is_held_and_blocks_nothing():
    with deployment() as house:
        house.start()
        with application():
            os.mkfifo(os.path.join(house.incoming, "fifo"), 0o660)
        expect_held(house, "fifo", stat.S_ISFIFO)


@case
def a_socket_is_held():
    with deployment() as house:
        house.start()
        with application(), socket.socket(socket.AF_UNIX) as ours:
            ours.bind(os.path.join(house.incoming, "socket"))
        expect_held(house, "socket", stat.S_ISSOCK)


@case
def a_device_is_held_and_not_read():
    needs_root()
    with deployment() as house:
        house.start()
        node = os.path.join(house.area("tmp"), "device")
        os.mknod(node, 0o666 | stat.S_IFCHR, os.makedev(1, 5))
        os.rename(node, os.path.join(house.incoming, "device"))
        expect_held(house, "device", stat.S_ISCHR)


@case
def a_directory_is_left_where_it_is():
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        with application():
            os.makedirs(os.path.join(house.incoming, "empty", "deeper"))
        sweeps = house.metric("breakwater_sweeps_total")
        until(lambda: house.metric("breakwater_sweeps_total") > sweeps + 1, "two sweeps")
        house.hand_over("file", some_bytes())
        house.judge()
        expect(os.path.isdir(os.path.join(house.incoming, "empty", "deeper")), "the directory is gone")
        expect_equal(house.held(), [], "held")


@case
def a_file_that_the_daemon_may_not_read_is_held():
    needs_root()
    with deployment() as house:
        house.start()
        content = some_bytes()
        house.put("private", content, mode=0o600)
        held = house.await_held(1)
        expect_equal(held[0]["reason"], "unreadable", "reason")
        house.note("private", content)
        house.judge(may_be_held=True)
        expect_equal(house.files("released"), [], "released")
        house.check_spool()


@case
def a_file_that_vanishes_before_its_claim_is_counted():
    with deployment() as house:
        house.start()
        house.send(signal.SIGSTOP)
        for number in range(5):
            path = house.put(f"brief-{number}", some_bytes())
            with application():
                os.unlink(path)
        house.send(signal.SIGCONT)
        until(lambda: house.metric("breakwater_vanished_total") == 5, "five counted")
        house.hand_over("file", some_bytes())
        house.judge()
        expect_equal(house.held(), [], "held")
        expect_equal(house.ledger("SELECT count(*) FROM upload"), [(0,)], "rows")


@case
def odd_names_are_bytes_and_stay_as_they_are():
    names = [
        b"new\nline", b"not\xff\xfeUTF-8", b"-rf", b"--", b" ", b"tab\there",
        b"\x01\x1b[2Jescape", b"\xe2\x80\xaeright",
        b"n" * 255, b"\xff" * 255, b".hidden", b"...", b"~", b"*?[]{}$`'\"\\|;&", b"a.meta.json.jpg",
        b"-deep\n/\xff/" + b"d" * 255 + b"/f", b".copy-looks-like-ours", b".breakwaterd.lock"]
    with deployment() as house:
        house.start()
        for name in names:
            house.hand_over(name, some_bytes())
        house.await_idle()
        house.judge()
        for name in names:
            expect(house.is_released(name), f"{name} is not released under its name")
        for name, content in zip((b"listed\n\xff", b"l" * 255), house.listed):
            house.hand_over(name, content)
        house.await_drafts(2)
        house.judge()
        cases = house.cli("case", "list")
        expect_equal(cases.code, 0, "case list")
        house.check_spool()


@case
def an_odd_name_that_is_held_is_shown_without_its_bytes():
    """What reaches a terminal is escaped, what reaches a program is exact."""
    with deployment() as house:
        house.start()
        name = b"\x1b[2J\n\xff"
        with application():
            os.mkfifo(os.path.join(os.fsencode(house.incoming), name))
        held = house.await_held(1)[0]
        shown = house.cli("held", "show", held["id"])
        expect_equal(shown.code, 0, "held show")
        expect("\x1b" not in shown.out, "an escape reaches the terminal")
        expect("path_base64" in held, f"exact bytes are missing: {held}")


@case
def a_name_that_is_taken_in_released_gets_the_id_behind_it():
    with deployment() as house:
        house.start()
        first, second = some_bytes(), some_bytes()
        house.hand_over("name", first)
        house.await_released("name")
        house.hand_over("name", second, context=b'{"uploader_ref": "second"}')
        until(lambda: len(house.files("released")) == 3, lambda: f"three files; {house.whereabouts()}")
        house.judge()
        expect_equal(open(os.path.join(house.released, "name"), "rb").read(), first, "the first")
        _, distinct, beside = house.files("released")
        expect(distinct.startswith(b"name~") and len(distinct) == 41, f"{distinct} is not name~<id>")
        expect_equal(beside, distinct + b".meta.json", "the context's name")


@case
def a_name_of_255_bytes_that_is_taken_is_released_all_the_same():
    with deployment() as house:
        house.start()
        for _ in range(2):
            house.hand_over("n" * 255, some_bytes())
            house.judge()
        expect(any(b"~" in name for name in house.files("released")), lambda: house.whereabouts())


@case
def an_upload_below_what_is_a_file_in_released_goes_beside_it():
    """released/a is a file when a/b/c arrives, so its directory cannot be made."""
    with deployment() as house:
        house.start()
        house.hand_over("a", some_bytes())
        house.await_released("a")
        for _ in range(2):
            house.hand_over("a/b/c", some_bytes())
            house.judge()
        released = house.files("released")
        expect_equal(len(released), 3, "files")
        expect(all(name.startswith(b"c~") for name in released if name != b"a"), f"{released}")


@case
def a_file_whose_name_is_a_directory_in_released_goes_beside_it():
    with deployment() as house:
        house.start()
        house.hand_over("a/b", some_bytes())
        house.await_released("a/b")
        os.rmdir(os.path.join(house.incoming, "a"))
        house.hand_over("a", some_bytes())
        house.judge()
        expect(house.is_released("a/b"), "a/b is gone")


@case
def files_in_a_directory_that_is_not_ours_to_write_stay_and_are_counted():
    """0755 and another user's: the daemon can read, and cannot move anything out."""
    needs_root()
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        contents = [some_bytes() for _ in range(3)]
        with application():
            closed = os.path.join(house.area("tmp"), "closed")
            os.mkdir(closed)
            for number, content in enumerate(contents):
                with open(os.path.join(closed, f"{number}"), "wb") as file:
                    file.write(content)
            os.chmod(closed, 0o2755)
            os.rename(closed, os.path.join(house.incoming, "closed"))
        house.hand_over("open", some_bytes())
        house.await_released("open")
        until(
            lambda: house.metric("breakwater_left_behind", reason="forbidden") == 3,
            lambda: f"3 left behind: {house.metric('breakwater_left_behind')}")
        is_ready, text = house.ready()
        expect(is_ready and "left in incoming (forbidden)" in text, f"/-/ready: {text}")
        expect_equal(len(house.files("incoming")), 3, "files that stay")
        with application():
            os.chmod(os.path.join(house.incoming, "closed"), 0o2770)
        for number, content in enumerate(contents):
            house.note(f"closed/{number}", content)
        house.judge()
        until(lambda: house.metric("breakwater_left_behind") == 0, "nothing left behind")
        expect("left in incoming" not in house.ready()[1], "the note stays")


@case
def a_directory_that_may_not_be_entered_is_counted():
    needs_root()
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        content = some_bytes()
        with application():
            house.put("shut/file-of-before", b"before" + content)
            house.note("shut/file-of-before", b"before" + content)
            house.await_released("shut/file-of-before")
            os.chmod(os.path.join(house.incoming, "shut"), 0o700)
            with open(os.path.join(house.incoming, "shut", "file"), "wb") as file:
                file.write(content)
        until(lambda: house.metric("breakwater_left_behind", reason="forbidden") > 0, "counted as forbidden")
        house.hand_over("open", some_bytes())
        house.await_released("open")
        with application():
            os.chmod(os.path.join(house.incoming, "shut"), 0o2770)
        house.note("shut/file", content)
        house.judge()


@case
def files_that_lie_too_deep_stay_and_are_counted():
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        content = some_bytes()
        tree = os.path.join(house.area("tmp"), "d")
        with application():
            os.makedirs(os.path.join(tree, "d/" * 70))
            os.rename(house.build_in_tmp(content), os.path.join(tree, "d/" * 70, "file"))
            os.rename(tree, os.path.join(house.incoming, "d"))
        path = os.path.join(house.incoming, "d", "d/" * 70, "file")
        house.hand_over("d/" * 30 + "other", some_bytes())
        until(lambda: house.metric("breakwater_left_behind", reason="too-deep") == 1, "counted")
        expect("too-deep" in house.ready()[1], lambda: house.ready()[1])
        expect(house.ready()[0], "not ready")
        with application():
            os.rename(path, os.path.join(house.incoming, "file"))
        house.note("file", content)
        house.judge()


@case
def a_newcomer_waits_while_its_name_is_in_work():
    """No sweep helps, and the second is not forgotten."""
    with deployment(settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        first, second = some_bytes(), some_bytes()
        with application():
            built = house.build_in_tmp(first)
            writer = os.open(built, os.O_WRONLY)
            os.rename(built, house.make_parents("box/name"))
        house.note("box/name", first)
        until(lambda: b"box/name" in house.files("work"), "the first in work/")
        house.hand_over("box/name", second)
        never(lambda: house.files("released"), 3, "released while it was open for writing")
        expect_equal(house.files("incoming"), [b"box/name"], "incoming/")
        os.close(writer)
        house.judge()


def make_sparse(house, name, size):
    """A file of `size` bytes with nothing but a few at its end, in tmp/."""
    with application():
        built = house.build_in_tmp(b"")
        with open(built, "r+b") as file:
            file.truncate(size)
            file.seek(size - 16)
            file.write(chance.randbytes(16))
    return built, os.path.join(house.incoming, name)


def bytes_read(house):
    """What the daemon's process has read since its start."""
    with open(f"/proc/{house.daemon.pid}/io", encoding="ascii") as file:
        return int(re.search(r"rchar: (\d+)", file.read()).group(1))


@case
def a_large_sparse_file_keeps_no_small_one_waiting():
    with deployment() as house:
        house.start()
        built, goal = make_sparse(house, "large", 5 << 30)
        digest = house.digest_of(built)
        with application():
            os.rename(built, goal)
        house.note("large", digest)
        for number in range(200):
            house.hand_over(f"small-{number}", some_bytes())
        house.await_released(*(f"small-{number}" for number in range(200)))
        expect(not house.is_released("large"), "5 GB were read before 200 small files")
        house.judge(seconds=300)


@case
def many_large_files_wait_where_they_were_handed_over():
    """Of those that wait for the thread of large files few are claimed: claims are every spool's, and a crash counts
    against each."""
    with deployment(settings={("scan", "large"): '"1 MiB"', ("scan", "workers"): "1"}) as house:
        for number in range(100):
            built, goal = make_sparse(house, f"large-{number:02}", 8 << 30)
            with application():
                os.rename(built, goal)
        house.start()
        until(lambda: len(house.files("work")) >= 8, "some to be claimed")
        for kills in range(4):
            name = f"small-{kills}"
            house.put(name, some_bytes())
            house.await_released(name)
            in_work = len(house.files("work"))
            # A worker's batch of 32 and one that is read; as many again while the last crash was one too many for those.
            expect(in_work <= 66, f"{in_work} of 100 large files are claimed")
            house.kill()
            house.start(is_ready=False)
        expect(len(house.files("incoming")) >= 25 and len(house.held()) <= 36, lambda: house.whereabouts())
        house.kill()


@case
def a_large_file_with_two_links_keeps_no_small_one_waiting():
    """It is copied before it is read, and one worker is all there is: both are for the thread of large files."""
    with deployment(settings={("scan", "large"): '"1 MiB"', ("scan", "workers"): "1"}) as house:
        house.start()
        built, goal = make_sparse(house, "large", 384 << 20)
        digest = house.digest_of(built)
        with application():
            os.link(built, goal)
        house.note("large", digest)
        until(lambda: bytes_read(house) > 16 << 20, "the copy to begin")
        for number in range(100):
            house.hand_over(f"small-{number}", some_bytes())
        house.await_released(*(f"small-{number}" for number in range(100)))
        expect(not house.is_released("large"), "384 MiB were copied before 100 small files")
        house.judge(seconds=120)
        expect(house.is_released("large"), lambda: house.whereabouts())
        expect(os.stat(built).st_ino != os.stat(os.path.join(house.released, "large")).st_ino, "one inode for both")
        expect_equal(house.held(), [], "held")
        house.check_spool()


@case
def a_file_that_grows_is_released_as_it_is_in_the_end():
    with deployment() as house:
        house.start()
        content = some_bytes()
        with application():
            built = house.build_in_tmp(content)
            writer = os.open(built, os.O_WRONLY | os.O_APPEND)
            os.rename(built, os.path.join(house.incoming, "grows"))
        for _ in range(6):
            more = some_bytes()
            os.write(writer, more)
            content += more
            never(lambda: house.is_released("grows"), 0.5, "released while it grew")
        os.close(writer)
        house.note("grows", content)
        house.judge()


@case
def a_file_that_is_cut_short_while_it_is_read_is_read_again():
    """What is left is listed: an upload that changes after it was read must not be released on the first reading."""
    with deployment() as house:
        house.start()
        listed = house.listed[0]
        with application():
            built = house.build_in_tmp(listed)
            reader = os.open(built, os.O_RDONLY)
            with open(built, "r+b") as file:
                file.truncate(4 << 30)
            os.rename(built, os.path.join(house.incoming, "cut"))
        until(lambda: bytes_read(house) > 100 << 20, "the first 100 MiB to be read")
        with application():
            writer = os.open(f"/proc/self/fd/{reader}", os.O_WRONLY)
            os.ftruncate(writer, len(listed))
            os.close(writer)
        os.close(reader)
        house.note("cut", listed)
        house.await_drafts(1)
        house.judge()


if __name__ == "__main__":
    run_cases()
