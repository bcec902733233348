"""What a person decides about uploads that could not be compared, with `breakwater held`.

The command line writes an order, the daemon carries it out and answers. Judged: an order does what it says, once, for
the state's owner only; what was held is retried, released with a reason, or preserved, and never lost.
"""

import concurrent.futures
import contextlib
import json
import os
import subprocess
import time
import uuid

from house import (
    APPLICATION, DAEMON, application, case, chance, deployment, expect, expect_equal, needs_root, run_cases,
    some_bytes, until)

HOLD_LINKED = {("spool", "hardlinks"): '"hold"'}


def hold_linked(house, name, content, context=None):
    """Hands over a file that is held since it has a second name; returns that name, to be removed by the caller."""
    if context is not None:
        house.put(name + ".meta.json", context)
    with application():
        outside = house.build_in_tmp(content)
        os.link(outside, house.make_parents(name))
    house.note(name, content)
    return outside


def held_one(house, name="linked", content=None, context=None):
    """One upload in held/: its id and its second name."""
    outside = hold_linked(house, name, content or some_bytes(), context)
    return house.await_held(1)[0]["id"], outside


def fresh_id():
    """A UUID of version 7, as the daemon's ids are."""
    milliseconds = int(time.time() * 1000)
    bits = milliseconds << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return str(uuid.UUID(int=bits))


def give_order(house, upload, verb="release", order=None, owner=DAEMON, mode=0o755, file_owner=None):
    """Renames an order into the state by hand, as any program with the right to could."""
    order = order or fresh_id()
    said = {"at_ns": str(time.time_ns()), "id": order, "reason": "by hand", "upload": upload, "verb": verb}
    orders = os.path.join(house.state, "orders")
    hidden = os.path.join(orders, f".order-{order}")
    os.mkdir(hidden)
    path = os.path.join(hidden, "order.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(said, file, sort_keys=True, separators=(",", ":"))
    os.chown(path, owner if file_owner is None else file_owner, -1)
    os.chmod(path, mode & 0o666)
    os.chown(hidden, owner, -1)
    os.chmod(hidden, mode)
    os.rename(hidden, os.path.join(orders, f"order-{order}"))
    return order


def answer(house, order):
    path = os.path.join(house.state, "orders", "answers", f"{order}.json")
    until(lambda: os.path.exists(path), "an answer")
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def rows(house, upload):
    return [name for name, in house.ledger("SELECT name FROM event WHERE upload = ? ORDER BY number", upload)]


@case
def held_uploads_are_listed_and_shown_with_the_way_out():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        expect_equal(house.held(), [], "held at first")
        upload, _ = held_one(house, "deep/name", some_bytes())
        listed = house.held()[0]
        expect_equal((listed["spool"], listed["path"], listed["reason"]), ("demo", "deep/name", "hard-linked"), "JSON")
        text = house.cli("held", "list").out
        expect(upload in text and "hard-linked" in text, f"held list: {text}")
        shown = house.cli("held", "show", upload)
        expect_equal(shown.code, 0, "held show")
        expect("hand over a file with one link" in shown.out, f"no way out: {shown.out}")
        expect_equal(house.cli("held", "show", upload[:-4]).out, shown.out, "shown by a prefix")
        house.judge(may_be_held=True)
        house.check_spool()


@case
def an_upload_is_retried_once_the_obstacle_is_gone():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        context = b'{"uploader_ref": "7"}'
        upload, outside = held_one(house, "deep/name", context=context)
        os.unlink(outside)
        done = house.cli("held", "retry", upload)
        expect_equal(done.code, 0, f"retry: {done}")
        house.await_released("deep/name", "deep/name.meta.json")
        house.judge()
        until(lambda: house.held() == [], "nothing held")
        house.check_spool()


@case
def an_upload_that_is_retried_with_its_obstacle_is_held_again():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        expect_equal(house.cli("held", "retry", upload).code, 0, "retry")
        until(lambda: rows(house, upload).count("held") == 2, lambda: f"held twice: {rows(house, upload)}")
        expect_equal([one["id"] for one in house.held()], [upload], "held")
        house.judge(may_be_held=True)


@case
def an_upload_that_turns_out_listed_when_retried_is_quarantined():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        outside = hold_linked(house, "name", house.listed[0], context=b'{"uploader_ref": "7"}')
        upload = house.await_held(1)[0]["id"]
        os.unlink(outside)
        expect_equal(house.cli("held", "retry", upload).code, 0, "retry")
        house.await_drafts(1)
        house.judge()
        expect_equal(house.files("held") + house.files("released"), [], "what is left in the spool")
        expect(house.context_of(house.bundles()[0]) is not None, "the context is not in the bundle")


@case
def all_held_uploads_are_retried_at_once():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        outside = [hold_linked(house, f"{number}", some_bytes()) for number in range(20)]
        house.await_held(20)
        for path in outside:
            os.unlink(path)
        expect_equal(house.cli("held", "retry", "--all").code, 0, "retry --all")
        house.await_released(*(f"{number}" for number in range(20)))
        house.judge()


@case
def an_upload_that_was_not_readable_is_released_once_it_is():
    needs_root()
    with deployment() as house:
        house.start()
        content = some_bytes()
        path = house.put("private", content, mode=0o600)
        house.note("private", content)
        upload = house.await_held(1)[0]["id"]
        expect(not os.path.exists(path), "it is still in incoming/")
        expect_equal(house.cli("held", "retry", upload).code, 0, "retry")
        until(lambda: rows(house, upload).count("held") == 2, "held again")
        os.chmod(os.path.join(house.area("held"), upload), 0o640)
        expect_equal(house.cli("held", "retry", upload).code, 0, "retry")
        house.await_released("private")
        house.judge()


@case
def a_held_link_is_released_under_its_own_name_with_the_reason():
    with deployment() as house:
        house.start()
        with application():
            os.symlink("/nowhere", house.make_parents("deep/link"))
        upload = house.await_held(1)[0]["id"]
        done = house.cli("held", "release", upload, "--reason", "the customer's own link")
        expect_equal(done.code, 0, f"release: {done}")
        goal = os.path.join(house.released, "deep", "link")
        expect_equal(os.readlink(goal), "/nowhere", "the link in released/")
        expect_equal(house.held(), [], "held")
        details = [detail for detail, in house.ledger("SELECT detail FROM event WHERE upload = ?", upload)]
        expect(any("the customer's own link" in detail for detail in details), f"the reason is in no row: {details}")
        house.check_spool()


@case
def an_upload_is_preserved_without_a_draft():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        content, context = some_bytes(), b'{"uploader_ref": "7"}'
        upload, _ = held_one(house, "name", content, context)
        done = house.cli("held", "preserve", upload, "--reason", "asked for by the police")
        expect_equal(done.code, 0, f"preserve: {done}")
        bundle = house.await_bundles(1)[0]
        expect_equal(os.path.basename(bundle), f"ex-{upload}", "the bundle's name")
        expect_equal(house.digest_in(bundle), sha256(content), "content")
        expect_equal(house.context_of(bundle), context, "context")
        expect_equal(house.drafts(), [], "drafts")
        expect_equal(house.files("held") + house.files("released"), [], "what is left in the spool")
        case_list = house.cli_lines("case", "list")
        expect_equal([(one["upload"], one["matches"]) for one in case_list], [(upload, [])], "cases")
        house.check_spool()


@case
def what_has_no_bytes_is_not_preserved():
    with deployment() as house:
        house.start()
        with application():
            os.mkfifo(os.path.join(house.incoming, "fifo"), 0o660)
        upload = house.await_held(1)[0]["id"]
        done = house.cli("held", "preserve", upload, "--reason", "to see")
        expect_equal(done.code, 1, f"preserve of a FIFO: {done}")
        expect_equal([one["id"] for one in house.held()], [upload], "held")
        expect_equal(house.cli("held", "release", upload, "--reason", "to be rid of it").code, 0, "release")
        expect(house.is_released("fifo"), "it is not released")


@case
def an_unknown_id_is_called_wrongly():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        held_one(house)
        for words in (("show", fresh_id()), ("retry", "zzzz"), ("release", fresh_id(), "--reason", "r"), ("retry",),
                      ("release", fresh_id()), ("retry", fresh_id(), "--all")):
            ran = house.cli("held", *words)
            expect_equal(ran.code, 64, f"{words}: {ran}")
        expect_equal(len(house.held()), 1, "held")


@case
def a_prefix_of_two_ids_is_called_wrongly_and_changes_nothing():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        hold_linked(house, "one", some_bytes())
        hold_linked(house, "two", some_bytes())
        first, second = (one["id"] for one in house.await_held(2))
        common = os.path.commonprefix([first, second])
        ran = house.cli("held", "release", common, "--reason", "r")
        expect_equal(ran.code, 64, f"{ran}")
        expect("hint" in ran.err, f"no way out: {ran.err}")
        expect_equal(len(house.held()), 2, "held")
        prefix = first[:len(common) + 1]
        expect_equal(house.cli("held", "release", prefix, "--reason", "r").code, 0, "release by a prefix of one id")
        expect_equal([one["id"] for one in house.held()], [second], "held")


@case
def another_user_is_told_the_line_to_type():
    needs_root()
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        for words in (("list",), ("release", upload, "--reason", "mine")):
            ran = house.cli("held", *words, user=APPLICATION)
            expect_equal(ran.code, 64, f"{words}: {ran}")
            expect("sudo -u" in ran.err, f"no line to type: {ran.err}")
        expect_equal(house.cli("held", "list", user=DAEMON).code, 0, "as the owner")


@case
def an_order_that_is_given_twice_is_carried_out_once():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        order = give_order(house, upload, "retry")
        expect(answer(house, order)["done"], "the first was refused")
        until(lambda: rows(house, upload).count("held") == 2, "held again")
        before = rows(house, upload)
        give_order(house, upload, "retry", order=order)
        place = os.path.join(house.state, "orders", f"order-{order}")
        until(lambda: not os.path.exists(place), "the order to be taken")
        expect(answer(house, order)["done"], "the answer changed")
        other = give_order(house, fresh_id())  # answered after the second, so that the second was seen to do nothing
        expect(not answer(house, other)["done"], "an order for an unknown upload was carried out")
        expect_equal(rows(house, upload), before, "rows")


@case
def an_order_about_what_is_not_held_any_more_is_refused():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        expect_equal(house.cli("held", "release", upload, "--reason", "r").code, 0, "release")
        for words in (("retry",), ("release", "--reason", "again"), ("preserve", "--reason", "late")):
            ran = house.cli("held", words[0], upload, *words[1:])
            expect(ran.code in (1, 64), f"{words}: {ran}")
        house.judge()


@case
def an_order_of_another_user_is_refused():
    """orders/ is open to a group: who may rename into it may still not decide."""
    needs_root()
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        forged = [
            give_order(house, upload, owner=APPLICATION), give_order(house, upload, owner=APPLICATION, mode=0o700),
            give_order(house, upload, owner=DAEMON, file_owner=APPLICATION),
            give_order(house, upload, owner=APPLICATION, file_owner=DAEMON)]
        for order in forged:
            expect(not answer(house, order)["done"], f"order {forged.index(order)} was carried out")
        expect_equal([one["id"] for one in house.held()], [upload], "held")
        expect_equal(house.cli("held", "retry", upload, seconds=30).code, 0, "an order of the owner after them")
        time.sleep(3)  # six turns of the desk, each of which could complain again
        complaints = len(house.log_events("order-unanswered"))
        expect(complaints <= 2 * len(forged), f"{complaints} complaints about {len(forged)} orders within seconds")


@case
def orders_that_are_no_orders_are_answered_and_harm_nobody():
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        orders = os.path.join(house.state, "orders")
        for number, text in enumerate((b"", b"{", b"[]", b'{"id": 7}', b"x" * 100_000, None)):
            order = fresh_id()
            hidden = os.path.join(orders, f".{order}")
            os.mkdir(hidden)
            if text is not None:
                with open(os.path.join(hidden, "order.json"), "wb") as file:
                    file.write(text)
                os.chown(os.path.join(hidden, "order.json"), DAEMON, -1)
            os.chown(hidden, DAEMON, -1)
            os.rename(hidden, os.path.join(orders, f"order-{order}"))
            expect(not answer(house, order)["done"], f"order {number} was carried out")
        restored = give_order(house, upload, "restore")
        expect(not answer(house, restored)["done"], "an unsigned restore was carried out")
        link, target = os.path.join(orders, f"order-{fresh_id()}"), give_order(house, upload, "retry")
        os.symlink(f"order-{target}", link)
        with open(os.path.join(orders, f"order-{fresh_id()}"), "wb") as file:
            file.write(b"a file")
        expect_equal(house.cli("held", "release", upload, "--reason", "r").code, 0, "a true order after them")
        house.judge()


@case
def an_order_waits_for_the_daemon():
    """Exit code 75 after ten seconds; the order stays and is taken at the next start."""
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        upload, _ = held_one(house)
        expect_equal(house.stop(), 0, "exit code")
        begin = time.monotonic()
        ran = house.cli("held", "release", upload, "--reason", "while nobody is there")
        expect_equal(ran.code, 75, f"release: {ran}")
        expect(8 < time.monotonic() - begin < 20, f"waited {time.monotonic() - begin:.1f} s")
        expect_equal(len(house.held()), 1, "held while the daemon is not there")
        house.start()
        house.await_released("linked")
        house.judge()
        house.check_spool()


@case
def an_order_survives_a_kill():
    """Killed again and again around the moment of the order: it is carried out in the end, and once."""
    with deployment(settings={**HOLD_LINKED, ("scan", "crash_limit"): "0"}) as house:
        house.start()
        for number in range(5):
            outside = hold_linked(house, f"{number}", some_bytes())
            upload = house.await_held(1)[0]["id"]
            give_order(house, upload, "release")
            time.sleep(chance.random() * 0.8)
            house.kill()
            house.start()
            house.await_released(f"{number}")
            until(lambda: house.held() == [], "nothing held")
            with contextlib.suppress(FileNotFoundError):
                os.unlink(outside)
            expect_equal(rows(house, upload).count("released"), 1, f"{rows(house, upload)}: released")
        house.judge()
        house.check_spool()


# Orders at once, and a ledger that is busy


def order_at_once(house, orders):
    """Runs `breakwater held` for all of them at the same time; what each ended with and said, in their order."""
    running = []
    for verb, upload in orders:
        words = [os.path.join(house.bin, "breakwater"), "held", verb, upload, "--config", house.config, "--json"]
        words += [] if verb == "retry" else ["--reason", "at once"]
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/"))
    ended = [(one.communicate(timeout=120), one.returncode) for one in running]
    for (out, err), code in ended:
        expect(code in (0, 1) and out.count(b"\n") == 1, f"an order was not answered once: {code} {out} {err}")
    return [(code, json.loads(out)) for (out, _), code in ended]


def expect_answered_once(house, said):
    """Each order has one answer, which is what the command said, and none waits."""
    for code, one in said:
        expect_equal(answer(house, one["order"])["done"], code == 0, f"the answer to {one}")
    orders = os.path.join(house.state, "orders")
    until(lambda: not [name for name in os.listdir(orders) if "order-" in name], "no order to wait")
    expect_equal(len(os.listdir(os.path.join(orders, "answers"))), len(said), "answers")


@case
def of_two_orders_at_once_about_one_upload_one_is_carried_out():
    pairs = [("release", "retry"), ("release", "preserve"), ("retry", "preserve"), ("release", "release"),
             ("retry", "retry"), ("preserve", "preserve")]
    with deployment(settings=HOLD_LINKED) as house:
        house.start()
        contents = {}
        for number in range(len(pairs)):
            contents[f"{number}"] = some_bytes()
            with application():
                outside = house.build_in_tmp(contents[f"{number}"])
                os.link(outside, house.make_parents(f"{number}"))
            until(lambda: len(house.held()) == number + 1, f"{number + 1} held")
            os.unlink(outside)
        uploads = {one["path"]: one["id"] for one in house.held()}
        orders = [(verb, uploads[f"{number}"]) for number, pair in enumerate(pairs) for verb in pair]
        said = order_at_once(house, orders)
        for number, pair in enumerate(pairs):
            codes = [code for code, _ in said[2 * number:2 * number + 2]]
            expect_equal(sorted(codes), [0, 1], f"exit codes of {pair}, {said[2 * number:2 * number + 2]}")
            done = pair[codes.index(0)]
            house.note(f"{number}", contents[f"{number}"], is_listed=done == "preserve")
            found = [name for name in rows(house, uploads[f"{number}"]) if name == "ordered"]
            # A retried upload that matched nothing keeps its rows: a person's order is among them.
            expect_equal(len(found), 1, f"orders in the rows of {pair}: {rows(house, uploads[f'{number}'])}")
        expect_answered_once(house, said)
        house.judge()
        until(lambda: house.held() == [], "nothing held")
        house.check_spool()


@case
def orders_are_answered_once_though_the_ledger_is_busy():
    """Another process has it locked for longer than the daemon waits; what needs no row is released meanwhile."""
    with deployment(lease=True, settings=HOLD_LINKED) as house:
        house.start()
        outside = [hold_linked(house, f"{number}", some_bytes()) for number in range(3)]
        uploads = {one["path"]: one["id"] for one in house.await_held(3)}
        for path in outside:
            os.unlink(path)
        preserved = house.handed.pop(2)
        house.handed.append(preserved._replace(is_listed=True))
        with house.ledger_locked() as unlock:
            orders = [(verb, uploads[f"{number}"]) for number, verb in enumerate(("retry", "release", "preserve"))]
            with concurrent.futures.ThreadPoolExecutor() as pool:
                said = pool.submit(order_at_once, house, orders)
                place = os.path.join(house.state, "orders")
                until(
                    lambda: len([name for name in os.listdir(place) if name.startswith("order-")]) == 3,
                    "three orders to wait")
                house.hand_over("listed", house.listed[0])
                house.hand_over("other", some_bytes())
                house.await_released("other")
                until(lambda: house.log_events("custody-waits"), "the ledger to be too busy")
                expect_equal([rows(house, upload).count("ordered") for upload in uploads.values()], [0] * 3, "ordered")
                expect_equal(house.bundles(), [], "bundles")
                unlock()
                said = said.result()
        expect_equal([code for code, _ in said], [0, 0, 0], f"exit codes, {said}")
        expect_answered_once(house, said)
        house.await_released("0", "1")
        house.await_drafts(1)
        house.judge()
        for upload in uploads.values():
            expect_equal(rows(house, upload).count("ordered"), 1, f"orders in {rows(house, upload)}")
        house.check_spool()
        expect_equal(house.stop(), 0, "exit code")


if __name__ == "__main__":
    run_cases()
