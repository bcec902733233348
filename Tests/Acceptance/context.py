"""What the application says of an upload, in NAME.meta.json renamed in before NAME.

Judged: both are one upload with one fate, the bytes are evidence and are kept as they came, and what says who it was
stays nowhere but where it belongs.
"""

import glob
import json
import os
import re
import time

from house import (
    application, case, deployment, expect, expect_equal, needs_root, never, run_cases, sha256, some_bytes, until)

SAID = {
    "uploader_ref": "account-4711", "email": "someone@example.org", "screen_name": "Somebody Else",
    "ip": "203.0.113.7", "port": 4242, "uploaded_at": "2025-01-02T03:04:05Z", "original_filename": "holiday.jpg",
    "declared_media_type": "image/jpeg", "session_ref": "session-1", "page_url": "https://www.example.com/page",
    "service": "Example Photos", "correlation_id": "corr-9", "tier": "gold", "serial": 12345678901234567890}
CONTEXT = json.dumps(SAID, indent=1).encode()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def released(house, name):
    return read(os.path.join(os.fsencode(house.released), os.fsencode(name)))


def one_bundle(house):
    house.await_drafts(1)
    bundles = house.bundles()
    expect_equal(len(bundles), 1, "bundles")
    return bundles[0]


def draft(house):
    return json.loads(house.draft_files(house.await_drafts(1)[0])["draft.json"])


@case
def an_upload_is_released_with_its_context_beside_it():
    with deployment() as house:
        house.start()
        for name in ("one", "deep/er/two", "new\nline"):
            house.hand_over(name, some_bytes(), context=CONTEXT)
        house.judge()
        for name in ("one", "deep/er/two", "new\nline"):
            expect_equal(released(house, name + ".meta.json"), CONTEXT, "the context's bytes")
        expect_equal(len(house.files("released")), 6, "files in released/")
        expect_equal(house.metric("breakwater_uploads_total"), 3, "uploads by the metrics")


@case
def the_context_is_never_there_without_its_upload():
    """Context first, upload second: who sees an upload in released/ finds its context there already."""
    with deployment() as house:
        house.start()
        for number in range(200):
            house.hand_over(f"{number}", some_bytes(), context=CONTEXT)
        for number in range(200):
            house.await_released(f"{number}")
            expect(house.is_released(f"{number}.meta.json"), f"upload {number} is released without its context")
        house.judge()


@case
def a_context_that_is_no_json_is_kept_as_it_is():
    with deployment() as house:
        house.start()
        odd = (b"{", b"", b"\xff\xfe\x00", b"[1, 2]", b'{"a": ' * 5000, b'{"ip": 7, "ip": 8}')
        for number, broken in enumerate(odd):
            house.hand_over(f"{number}", some_bytes(), context=broken)
            house.await_released(f"{number}")
            expect_equal(released(house, f"{number}.meta.json"), broken, "the context's bytes")
        house.judge()


@case
def a_match_with_a_broken_context_is_preserved_and_drafted():
    with deployment() as house:
        house.start()
        house.hand_over("listed", house.listed[0], context=b'{"ip": "203.0.113.7",')
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), b'{"ip": "203.0.113.7",', "context")
        expect("context" in json.dumps(draft(house)["findings"]), "the draft says nothing of the context")
        house.judge()


@case
def a_context_of_more_than_64_KiB_is_an_upload_of_its_own():
    with deployment() as house:
        house.start()
        huge = b'{"a": "' + b"x" * 65536 + b'"}'
        house.put("name.meta.json", huge)
        house.note("name.meta.json", huge)
        house.hand_over("name", some_bytes())
        house.await_released("name.meta.json", "name")
        house.judge()
        expect_equal(house.metric("breakwater_uploads_total", verdict="released"), 2, "uploads by the metrics")


@case
def a_listed_file_in_a_huge_context_is_quarantined():
    """The name protects nothing: a listed file that is called NAME.meta.json is found, whatever its size."""
    with deployment(build=False) as house:
        huge = some_bytes(100_000)
        house.listed.append(huge)
        house.list_and_build([sha256(content) for content in house.listed])
        house.start()
        house.put("name.meta.json", huge)
        house.note("name.meta.json", huge)
        house.hand_over("name", some_bytes())
        house.await_drafts(1)
        house.await_released("name")
        house.judge()


@case
def a_context_of_exactly_64_KiB_is_a_context():
    with deployment() as house:
        house.start()
        full = b'{"a": "' + b"x" * (65536 - 9) + b'"}'
        expect_equal(len(full), 65536, "bytes")
        house.hand_over("name", some_bytes(), context=full)
        house.await_released("name")
        expect_equal(released(house, "name.meta.json"), full, "context")
        expect_equal(house.metric("breakwater_uploads_total"), 1, "uploads by the metrics")
        house.judge()


@case
def a_context_that_comes_late_is_an_upload_of_its_own():
    """No sweep helps: the hint alone brings it back after its ten seconds."""
    with deployment(settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        house.hand_over("name", some_bytes())
        house.await_released("name")
        begin = time.monotonic()
        late = b'{"late": true}' + some_bytes()
        house.put("name.meta.json", late)
        house.note("name.meta.json", late)
        house.await_released("name.meta.json")
        expect(time.monotonic() - begin > 9, "it was not given ten seconds to meet its upload")
        house.judge()


@case
def a_listed_context_without_an_upload_is_quarantined():
    with deployment(settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        house.hand_over("alone.meta.json", house.listed[0])
        house.await_drafts(1)
        house.judge()


@case
def an_upload_that_comes_within_ten_seconds_gets_its_context():
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        house.put("name.meta.json", CONTEXT)
        never(lambda: house.files("released") or house.files("work"), 5, "the context was taken without its upload")
        house.hand_over("name", some_bytes())
        house.await_released("name")
        expect_equal(released(house, "name.meta.json"), CONTEXT, "context")
        expect_equal(house.metric("breakwater_uploads_total"), 1, "uploads by the metrics")
        house.judge()


@case
def a_context_that_is_itself_listed_makes_the_match_of_both():
    with deployment() as house:
        house.start()
        content = some_bytes()
        house.put("name.meta.json", house.listed[0])
        house.put("name", content)
        house.note("name", content, is_listed=True)
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), house.listed[0], "context in the bundle")
        expect_equal([match["part"] for match in draft(house)["matches"]], ["context"], "parts that match")
        house.judge()
        expect_equal(house.files("released"), [], "released")


@case
def where_names_are_the_users_a_context_is_an_upload_like_any():
    with deployment(settings={("spool", "context"): '"none"'}) as house:
        house.start()
        beside = b'{"a": 1}' + some_bytes()
        house.put("name.meta.json", beside)
        house.note("name.meta.json", beside)
        house.hand_over("name", some_bytes())
        house.hand_over("other.meta.json", house.listed[0])
        house.hand_over("other", some_bytes())
        house.await_released("name", "name.meta.json", "other")
        house.await_drafts(1)
        house.judge()
        expect_equal(house.metric("breakwater_uploads_total"), 4, "uploads by the metrics")
        expect(house.context_of(one_bundle(house)) is None, "a context in the bundle")


@case
def a_match_takes_its_context_into_the_evidence_and_out_of_the_spool():
    with deployment() as house:
        house.start()
        house.hand_over("holiday.jpg", house.listed[0], context=CONTEXT)
        bundle = one_bundle(house)
        house.judge()
        for area in ("incoming", "work", "released", "held"):
            expect_equal(house.files(area), [], area)
        expect_equal(house.digest_in(bundle), sha256(house.listed[0]), "content")
        expect_equal(house.context_of(bundle), CONTEXT, "context")
        for row in open(os.path.join(bundle, "manifest-sha256.txt"), encoding="utf-8"):
            digest, _, name = row.strip().partition("  ")
            expect_equal(sha256(read(os.path.join(bundle, name))), digest, name)


@case
def a_draft_says_what_the_application_said():
    with deployment() as house:
        house.start()
        house.hand_over("holiday.jpg", house.listed[0], context=CONTEXT)
        made = draft(house)
        expect_equal(made["submitted"], False, "submitted")
        expect_equal(made["environment"], "demonstration", "environment")
        xml = house.draft_files(house.drafts()[0])["draft.xml"].decode()
        for key in ("uploader_ref", "email", "screen_name", "ip", "port", "original_filename", "page_url", "service"):
            expect(f">{SAID[key]}<" in xml, f"{key} is not in draft.xml: {xml}")
        expect("2025-01-02T03:04:05" in xml, "the time of the upload is not in draft.xml")
        expect_equal(made["context"]["further"]["serial"], "12345678901234567890", "a number as it was spelled")
        expect_equal(made["context"]["further"]["tier"], "gold", "a member that no report has a place for")
        expect("12345678901234567890" not in xml, "what no report has a place for is in draft.xml")


@case
def the_ledger_forgets_the_context_once_the_draft_is_there():
    """Its bytes are gone from the table, and from the file as well."""
    with deployment() as house:
        house.start()
        house.hand_over("holiday.jpg", house.listed[0], context=CONTEXT)
        house.await_drafts(1)
        until(lambda: house.ledger("SELECT count(*) FROM context") == [(0,)], "no context in the ledger")
        until(
            lambda: house.ledger("SELECT stage FROM upload") == [("awaiting-review",)],
            lambda: f"its stage: {house.ledger('SELECT stage FROM upload')}")
        expect_equal(house.stop(), 0, "exit code")
        for path in glob.glob(os.path.join(house.state, "ledger.db*")):
            for word in (b"account-4711", b"someone@example.org", b"203.0.113.7"):
                expect(word not in read(path), f"{os.path.basename(path)} still holds a part of the context")


def open_for_writing(house, name, content):
    """Hands over a file that stays in work/ until the descriptor is closed, since it could still be written to."""
    with application():
        built = house.build_in_tmp(content)
        writer = os.open(built, os.O_WRONLY)
        os.rename(built, house.make_parents(name))
    house.note(name, content)
    until(lambda: os.fsencode(name) in house.files("work"), "the claim")
    return writer


def context_beside(house, content):
    """What lies in released/ as the context of the upload with these bytes; `None` if nothing does."""
    name = next(name for name in house.files("released") if released(house, name) == content)
    beside = name + b".meta.json"
    return released(house, beside) if house.is_released(beside) else None


@case
def two_uploads_of_one_name_keep_their_own_contexts():
    with deployment(settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        first, second = some_bytes(), some_bytes()
        house.put("name.meta.json", b'{"uploader_ref": "first"}')
        writer = open_for_writing(house, "name", first)
        house.hand_over("name", second, context=b'{"uploader_ref": "second"}')
        never(lambda: house.files("released"), 2, "released while it was open for writing")
        os.close(writer)
        house.judge()
        expect_equal(context_beside(house, first), b'{"uploader_ref": "first"}', "the first's context")
        expect_equal(context_beside(house, second), b'{"uploader_ref": "second"}', "the second's context")


@case
def a_context_stays_with_its_upload_while_a_directory_of_that_name_is_in_work():
    """The name was a directory's before, and an upload below it is still written to."""
    with deployment() as house:
        house.start()
        writer = open_for_writing(house, "a/x", some_bytes())
        with application():
            os.rmdir(os.path.join(house.incoming, "a"))
        content = some_bytes()
        house.put("a.meta.json", house.listed[0])
        house.put("a", content)
        house.note("a", content, is_listed=True)
        # 10 s is what a context waits that has no upload.
        never(lambda: house.files("released") or house.bundles(), 13, "released or preserved while it had to wait")
        expect_equal(sorted(house.files("incoming")), [b"a", b"a.meta.json"], "incoming")
        os.close(writer)
        house.await_released("a/x")
        bundle = one_bundle(house)
        expect_equal(house.digest_in(bundle), sha256(content), "content")
        expect_equal(house.context_of(bundle), house.listed[0], "context")
        house.judge()


@case
def after_a_kill_no_upload_gets_the_context_of_the_next_of_its_name():
    """The first came without a context and is in work/; the second's lies in incoming/ when the daemon dies."""
    with deployment(settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        first, second = some_bytes(), some_bytes()
        writer = open_for_writing(house, "name", first)
        house.put("name.meta.json", b'{"uploader_ref": "second"}')
        house.kill()
        house.start()
        os.close(writer)
        house.await_released("name")
        house.hand_over("name", second)
        house.judge()
        expect_equal(context_beside(house, first), None, "the first's context")
        expect_equal(context_beside(house, second), b'{"uploader_ref": "second"}', "the second's context")


@case
def a_context_that_is_a_link_is_not_read():
    """NAME.meta.json that is no regular file is an upload of its own, and is held; NAME is not its victim."""
    with deployment(settings={("scan", "sweep"): '"1 s"'}) as house:
        house.start()
        with open(os.path.join(house.root, "secret"), "wb") as file:
            file.write(b'{"email": "secret@example.org"}')
        link = os.path.join(house.area("tmp"), "link")
        os.symlink(os.path.join(house.root, "secret"), link)
        os.rename(link, os.path.join(house.incoming, "name.meta.json"))
        house.hand_over("name", house.listed[0])
        bundle = one_bundle(house)
        expect(house.context_of(bundle) is None, "the link was followed")
        expect(not re.search("secret@", json.dumps(draft(house))), "the link's target is in the draft")
        held = house.await_held(1)
        expect_equal([one["reason"] for one in held], ["symbolic-link"], "reasons")


# A context that is nobody's


def await_both_in_work(house, name):
    until(
        lambda: {name, name + b".meta.json"} <= set(house.files("work")),
        lambda: f"{name} and its newcomer in work/; {house.whereabouts()}")


@case
def a_context_that_comes_while_its_name_is_in_work_goes_its_own_way():
    """The file was claimed without one, so this is the next one's of that name, and none comes."""
    with deployment(lease=True, settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        writers = [open_for_writing(house, "listed", house.listed[0]), open_for_writing(house, "other", some_bytes())]
        for name in ("listed", "other"):
            house.hand_over(name + ".meta.json", CONTEXT + name.encode())
        house.await_released("listed.meta.json", "other.meta.json")
        for writer in writers:
            os.close(writer)
        bundle = one_bundle(house)
        expect(house.context_of(bundle) is None, "the newcomer is in the bundle")
        house.judge()
        expect_equal(house.metric("breakwater_uploads_total", verdict="released"), 3, "uploads released")
        house.check_spool()


@case
def a_newcomer_in_work_is_one_upload_though_the_one_of_its_name_is_preserved():
    """Both are listed, and each gets one bundle; the first had no context, so nothing was left behind by it."""
    with deployment(lease=True, settings={("scan", "sweep"): '"24 h"'}) as house:
        house.start()
        first = open_for_writing(house, "name", house.listed[0])
        newcomer = open_for_writing(house, "name.meta.json", house.listed[1])
        await_both_in_work(house, b"name")
        os.close(first)
        house.await_drafts(1)
        os.close(newcomer)
        house.await_drafts(2)
        house.judge()
        expect_equal(house.log_events("nothing-to-preserve"), [], "evidence that was gone")
        expect_equal(house.ledger("SELECT count(*) FROM upload"), [(2,)], "uploads with rows")
        expect_equal(house.metric("breakwater_uploads_total"), 2, "uploads by the metrics")
        house.check_spool()


@case
def after_a_kill_a_newcomer_in_work_is_not_given_to_the_upload_of_its_name():
    """Both are in work/, the upload claimed first and without a context: the kernel's times tell."""
    with deployment(lease=True, settings={("scan", "sweep"): '"24 h"', ("scan", "crash_limit"): "0"}) as house:
        house.start()
        first = open_for_writing(house, "name", house.listed[0])
        newcomer = open_for_writing(house, "name.meta.json", CONTEXT)
        await_both_in_work(house, b"name")
        house.kill()
        house.start()
        os.close(first)
        os.close(newcomer)
        bundle = one_bundle(house)
        house.judge()
        expect(house.context_of(bundle) is None, "the newcomer is in the bundle")
        house.check_spool()


@case
def after_two_kills_a_newcomer_in_work_is_not_left_there():
    """The first kill gives the upload rows, and those know of no context; the second comes with both in work/."""
    with deployment(lease=True, settings={("scan", "sweep"): '"24 h"', ("scan", "crash_limit"): "0"}) as house:
        house.start()
        first = open_for_writing(house, "name", some_bytes())
        house.kill()
        house.start()
        newcomer = open_for_writing(house, "name.meta.json", CONTEXT)
        await_both_in_work(house, b"name")
        house.kill()
        house.start()
        os.close(first)
        os.close(newcomer)
        house.await_released("name")
        house.judge()
        house.check_spool()


@case
def after_a_kill_a_listed_context_with_rows_goes_its_own_way_beside_its_name():
    """It came late, was compared by itself and is to be preserved; the upload of its name met nothing."""
    with deployment(lease=True, settings={("scan", "sweep"): '"24 h"', ("scan", "crash_limit"): "0"}) as house:
        house.start()
        exhibits = os.path.join(house.state, "vault", "exhibits")
        mode = os.stat(exhibits).st_mode & 0o7777
        os.chmod(exhibits, 0o550)
        writer = open_for_writing(house, "name", some_bytes())
        house.hand_over("name.meta.json", house.listed[0])
        until(lambda: house.log_events("custody-waits"), "the context's bundle to wait")
        expect_equal(house.ledger("SELECT path, stage FROM upload"), [(b"name.meta.json", "quarantined")], "rows")
        house.kill()
        os.close(writer)
        os.chmod(exhibits, mode)
        house.start()
        house.await_released("name")
        house.await_drafts(1)
        house.judge()
        expect_equal(house.log_events("nothing-to-preserve"), [], "evidence that was gone")
        house.check_spool()


@case
def after_kills_a_huge_context_beside_its_name_goes_its_own_way():
    """More than 64 KiB is an upload, and after the first kill it has rows of its own."""
    with deployment(
            build=False, lease=True,
            settings={("scan", "sweep"): '"24 h"', ("scan", "crash_limit"): "0"}) as house:
        huge = some_bytes(100_000)
        house.listed.append(huge)
        house.list_and_build([sha256(content) for content in house.listed])
        house.start()
        writers = []
        for name, beside, content in (
                ("neither", some_bytes(100_000), some_bytes()), ("file", some_bytes(100_000), house.listed[0]),
                ("context", huge, some_bytes())):
            writers.append(open_for_writing(house, name + ".meta.json", beside))
            writers.append(open_for_writing(house, name, content))
        for _ in range(2):
            house.kill()
            house.start()
        paths = sorted(path for path, in house.ledger("SELECT path FROM upload"))
        expect_equal(len(paths), 6, f"uploads with rows, {paths}")
        house.kill()
        for writer in writers:
            os.close(writer)
        house.start()
        house.await_drafts(2)
        house.await_released("neither", "neither.meta.json", "file.meta.json", "context")
        house.judge()
        for bundle in house.bundles():
            expect(house.context_of(bundle) is None, "a context in a bundle")
        house.check_spool()


# A context that cannot be read, or is still written to


@case
def a_listed_file_does_not_wait_for_a_context_that_stays_open():
    """What the bundle got of it is removed with the file; it need not be the last word of who writes it."""
    with deployment() as house:
        house.start()
        house.put("name.meta.json", CONTEXT)
        with application():
            writer = os.open(os.path.join(house.incoming, "name.meta.json"), os.O_WRONLY | os.O_APPEND)
        house.hand_over("name", house.listed[0])
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), CONTEXT, "the context in the bundle")
        house.judge()
        for area in ("incoming", "work", "released", "held"):
            expect_equal(house.files(area), [], area)
        os.close(writer)
        house.check_spool()


@case
def a_context_that_changes_after_it_was_preserved_is_compared_by_itself():
    with deployment() as house:
        house.start()
        exhibits = os.path.join(house.state, "vault", "exhibits")
        mode = os.stat(exhibits).st_mode & 0o7777
        os.chmod(exhibits, 0o550)
        house.put("name.meta.json", CONTEXT)
        with application():
            writer = os.open(os.path.join(house.incoming, "name.meta.json"), os.O_WRONLY | os.O_APPEND)
        house.hand_over("name", house.listed[0])
        until(lambda: house.log_events("custody-waits"), "the bundle to wait")
        more = some_bytes()
        os.write(writer, more)
        house.note("name.meta.json", CONTEXT + more)
        os.close(writer)
        os.chmod(exhibits, mode)
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), CONTEXT, "the context in the bundle")
        house.await_released("name.meta.json")
        house.judge()
        house.check_spool()


@case
def a_context_that_outgrows_64_KiB_after_it_was_preserved_is_compared_by_itself():
    with deployment() as house:
        house.start()
        exhibits = os.path.join(house.state, "vault", "exhibits")
        mode = os.stat(exhibits).st_mode & 0o7777
        os.chmod(exhibits, 0o550)
        house.put("name.meta.json", CONTEXT)
        with application():
            writer = os.open(os.path.join(house.incoming, "name.meta.json"), os.O_WRONLY | os.O_APPEND)
        house.hand_over("name", house.listed[0])
        until(lambda: house.log_events("custody-waits"), "the bundle to wait")
        more = some_bytes(100_000)
        os.write(writer, more)
        house.note("name.meta.json", CONTEXT + more)
        os.close(writer)
        os.chmod(exhibits, mode)
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), CONTEXT, "the context in the bundle")
        house.await_released("name.meta.json")
        house.judge()
        house.check_spool()


@case
def a_listed_file_does_not_wait_for_a_context_that_may_not_be_read():
    """The context is held by itself, and nothing of it is lost."""
    needs_root()
    with deployment() as house:
        house.start()
        house.put("name.meta.json", CONTEXT, mode=0)
        house.note("name.meta.json", CONTEXT)
        house.hand_over("name", house.listed[0])
        bundle = one_bundle(house)
        expect(house.context_of(bundle) is None, "a context in the bundle")
        held = house.await_held(1)[0]
        expect_equal((held["path"], held["reason"]), ("name.meta.json", "unreadable"), "held")
        house.judge(may_be_held=True)
        os.chmod(os.path.join(house.area("held"), held["id"]), 0o640)
        expect_equal(house.cli("held", "retry", held["id"]).code, 0, "retry")
        house.await_released("name.meta.json")
        house.judge()
        house.check_spool()


@case
def a_context_that_may_not_be_read_keeps_its_upload_from_being_released():
    needs_root()
    with deployment() as house:
        house.start()
        house.put("name.meta.json", house.listed[0], mode=0)
        content = some_bytes()
        house.put("name", content)
        house.note("name", content, is_listed=True)
        held = house.await_held(1)[0]
        expect_equal((held["path"], held["reason"]), ("name", "unreadable"), "held")
        expect_equal(len(house.files("held")), 2, "files in held/")
        expect_equal(house.files("released"), [], "released/")
        os.chmod(os.path.join(house.area("held"), held["id"] + ".meta.json"), 0o640)
        expect_equal(house.cli("held", "retry", held["id"]).code, 0, "retry")
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), house.listed[0], "the context in the bundle")
        house.judge()
        house.check_spool()


# Without CAP_LEASE


@case
def without_the_capability_contexts_settle_with_their_uploads():
    with deployment(lease=False) as house:
        house.start()
        house.hand_over("other", some_bytes(), context=CONTEXT)
        house.hand_over("listed", house.listed[0], context=CONTEXT)
        content = some_bytes()
        house.put("by-context.meta.json", house.listed[1])
        house.put("by-context", content)
        house.note("by-context", content, is_listed=True)
        house.await_drafts(2)
        house.await_released("other")
        expect_equal(released(house, "other.meta.json"), CONTEXT, "the context's bytes")
        house.judge()
        found = {house.context_of(bundle) for bundle in house.bundles()}
        expect_equal(found, {CONTEXT, house.listed[1]}, "contexts in the bundles")
        expect_equal(house.metric("breakwater_uploads_total"), 3, "uploads by the metrics")
        house.check_spool()


@case
def without_the_capability_a_context_that_grows_is_compared_as_it_is_in_the_end():
    """Its upload rests from the beginning; the context moves between the looks, and is listed once it is whole."""
    with deployment(lease=False) as house:
        house.start()
        writers = {}
        for name in ("becomes-listed", "grows"):
            house.put(f"{name}.meta.json", b"")
            with application():
                writers[name] = os.open(os.path.join(house.incoming, f"{name}.meta.json"), os.O_WRONLY | os.O_APPEND)
            content = some_bytes()
            house.put(name, content)
            house.note(name, content, is_listed=name == "becomes-listed")
        until(lambda: len(house.files("work")) == 4, lambda: f"the claims; {house.whereabouts()}")
        parts = [house.listed[0][at:at + 50] for at in range(0, len(house.listed[0]), 50)]
        for part in parts:
            os.write(writers["becomes-listed"], part)
            os.write(writers["grows"], part + b" ")
            never(lambda: house.files("released") or house.bundles(), 0.9, "a verdict while the context grew")
        for writer in writers.values():
            os.close(writer)
        bundle = one_bundle(house)
        expect_equal(house.context_of(bundle), house.listed[0], "the context in the bundle")
        house.await_released("grows")
        expect_equal(released(house, "grows.meta.json"), b"".join(part + b" " for part in parts), "the context")
        house.judge()
        house.check_spool()


if __name__ == "__main__":
    run_cases()
