"""What the custody log says of a run, judged by the programs of others; and what the case desk orders.

The log by Go's own packages for its checksum database (gosumdb/), every entry by PyPI's rfc8785, orders signed by
openssl in the desk's place. Each check has its negative control: the same on a copy that was tampered with.

The interpreter that has `rfc8785` is `BREAKWATER_RFC8785`, or the one that `make tools` makes.
"""

import base64
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid

from house import (
    CHECKOUT, DAEMON, application, case, chance, deployment, expect, expect_equal, run_cases, sha256,
    until)

CANONICAL = os.environ.get("BREAKWATER_RFC8785", os.path.join(CHECKOUT, ".build-tools", "venv", "bin", "python"))
SUMDB = os.path.join(CHECKOUT, "Tests", "Acceptance", "gosumdb")


def fresh_id():
    """A UUID of version 7."""
    bits = int(time.time() * 1000) << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return str(uuid.UUID(int=bits))


def run(*words, given=None):
    done = subprocess.run(words, input=given, capture_output=True, timeout=120)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


# The log

def custody(house):
    return os.path.join(house.state, "custody")


def gosumdb(folder):
    """Builds the verifier with Debian's Go packages."""
    program = os.path.join(folder, "gosumdb")
    environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOCACHE=os.path.join(folder, "cache"))
    done = subprocess.run(["go", "build", "-o", program, "."], cwd=SUMDB, env=environment, capture_output=True)
    expect(done.returncode == 0, f"go build: {done.stderr.decode()}")
    return program


def entries(house):
    return house.cli_lines("custody", "cat")


def types(house):
    return [entry["type"] for entry in entries(house)]


def vkey(house):
    code, said, _ = house.cli("custody", "checkpoint", "--vkey")
    expect_equal(code, 0, "custody checkpoint --vkey")
    return said.strip()


@case
def the_log_is_one_for_others_too():
    """Two runs: Go's packages take the log and find the first run's checkpoint in it; a changed copy they refuse."""
    with deployment(listed=3) as house, tempfile.TemporaryDirectory() as place:
        program = gosumdb(place)
        kept = os.path.join(place, "kept")
        house.start()
        house.hand_over("a", house.listed[0])
        house.await_drafts(1)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        shutil.copy(os.path.join(custody(house), "checkpoint"), kept)
        os.chmod(place, 0o755)
        os.chmod(kept, 0o644)
        house.start()
        house.hand_over("b", house.listed[1])
        house.hand_over("c", house.listed[2])
        house.await_drafts(3)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        said = types(house)
        for name, count in (("daemon.start", 2), ("daemon.stop", 2), ("match.detected", 3), ("file.quarantined", 3),
                            ("exhibit.sealed", 3), ("plaintext.removed", 3), ("report.drafted", 3)):
            expect_equal(said.count(name), count, name)
        expect_equal(house.cli("custody", "verify", "--since", kept)[0], 0, "custody verify")
        code, words = run(program, custody(house), vkey(house), kept)
        expect(code == 0 and words == f"{len(said)} entries, 1 older checkpoints\n", f"gosumdb: {code} {words}")
        refuses_what_was_changed(house, program, place, kept)


def refuses_what_was_changed(house, program, place, kept):
    key = vkey(house)
    for name, change in TAMPERINGS.items():
        copy = os.path.join(place, "copy")
        shutil.copytree(custody(house), copy, ignore=shutil.ignore_patterns("key", "lock", "details", "heads"))
        subprocess.run(["chmod", "-R", "u+w", copy], check=True)
        change(copy, kept)
        code, said, _ = house.cli("custody", "verify", "--dir", copy, "--vkey-file", key, config=False)
        expect_equal(code, 1, f"custody verify after {name}: {said}")
        theirs, words = run(program, copy, key, kept)
        expect(theirs == 1, f"gosumdb after {name}: {theirs} {words}")
        shutil.rmtree(copy)


def rewrite(folder, change):
    """Changes the entries where both readers find them: in the journal and in the partial bundle."""
    bundles = os.path.join(folder, "tile", "entries", "000.p")
    newest = os.path.join(bundles, max(os.listdir(bundles), key=int))
    with open(newest, "rb") as file:
        data = file.read()
    items = []
    while data:
        length = int.from_bytes(data[:2], "big")
        items.append(data[2:2 + length])
        data = data[2 + length:]
    items = change(items)
    with open(newest, "wb") as file:
        file.write(b"".join(len(item).to_bytes(2, "big") + item for item in items))
    os.unlink(os.path.join(folder, "journal"))


TAMPERINGS = {
    "an entry edited": lambda copy, kept: rewrite(
        copy, lambda items: [items[0].replace(b"daemon.start", b"daemon.stop_")] + items[1:]),
    "an entry dropped": lambda copy, kept: rewrite(copy, lambda items: items[:2] + items[3:]),
    "two entries swapped": lambda copy, kept: rewrite(copy, lambda items: [items[1], items[0]] + items[2:]),
    "the last entry cut off": lambda copy, kept: rewrite(copy, lambda items: items[:-1]),
}


@case
def every_entry_is_canonical_and_says_nothing_personal():
    with deployment(listed=1) as house:
        context = b'{"uploader_ref":"account-4711","email":"somebody@mail.example","ip":"192.0.2.17"}'
        house.start()
        house.hand_over("holiday picture.jpg", house.listed[0], context=context)
        house.await_drafts(1)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        lines = house.cli("custody", "cat").out.splitlines()
        program = ("import json, rfc8785, sys\n"
                   "for line in sys.stdin.buffer:\n"
                   "    line = line.rstrip(b'\\n')\n"
                   "    assert rfc8785.dumps(json.loads(line)) == line, line\n")
        given = "".join(line + "\n" for line in lines).encode()
        expect_equal(run(CANONICAL, "-c", program, given=given), (0, ""), "rfc8785 on the entries")
        code, _ = run(CANONICAL, "-c", program, given=given.replace(b'{"actor"', b'{ "actor"'))
        expect(code != 0, "rfc8785 takes an entry with a space in it")
        text = "".join(lines)
        for word in ("holiday", "account-4711", "somebody", "192.0.2.17", sha256(house.listed[0])):
            expect(word not in text, f"the log says {word}")


@case
def an_extract_needs_no_deployment():
    with deployment(listed=2) as house, tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o777)
        house.start()
        house.hand_over("a", house.listed[0])
        house.hand_over("b", house.listed[1])
        house.await_drafts(2)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        exhibit = os.path.basename(house.bundles()[0])
        extract = os.path.join(place, "extract")
        code, said, _ = house.cli("custody", "prove", exhibit, "--to", extract)
        expect_equal(code, 0, f"custody prove: {said}")
        key = vkey(house)
        verify = ("custody", "verify", "--dir", extract, "--vkey-file", key)
        expect_equal(house.cli(*verify, config=False)[0], 0, "custody verify of an extract")
        name = min((name for name in os.listdir(extract) if name.endswith(".json")), key=lambda name: int(name[:-5]))
        os.unlink(os.path.join(extract, name))
        code, said, _ = house.cli(*verify, config=False)
        expect(code == 1 and "does not follow" in said, f"an extract without {name}: {code} {said}")


# Orders of the desk

class Desk:
    """A case desk that has a key and persons, and signs whatever it is told to."""

    def __init__(self, house):
        self.house = house
        self.key = os.path.join(house.root, "desk.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        der = subprocess.run(
            ["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        public = os.path.join(house.root, "desk.pub")
        with open(public, "w", encoding="ascii") as file:
            file.write(der[-32:].hex() + "\n")
        os.chmod(public, 0o644)
        house.set("state", "desk_key", json.dumps(public))

    def order(self, verb, upload, approvals, plaintext=None, signed=True, order=None, attributes=None, claimed=None,
              **more):
        """Renames a signed order into the state, and waits for its answer."""
        return self.answer(
            self.place(verb, upload, approvals, plaintext, signed, order, attributes, claimed, **more), verb)

    def answer(self, order, verb):
        """Waits for the answer to an order that was placed."""
        answer = os.path.join(self.house.state, "orders", "answers", f"{order}.json")
        until(lambda: os.path.exists(answer), f"the answer to {verb}")
        with open(answer, encoding="utf-8") as file:
            return json.load(file)

    def place(self, verb, upload, approvals, plaintext=None, signed=True, order=None, attributes=None, claimed=None,
              **more):
        """Renames a signed order into the state. Its id."""
        said = self.said(verb, upload, approvals, order, **more)
        order = said["id"]
        orders = os.path.join(self.house.state, "orders")
        hidden = os.path.join(orders, f".order-{order}")
        os.mkdir(hidden)
        if plaintext is not None:
            said.setdefault("content", sha256(plaintext))
            self.put(hidden, "content", plaintext)
            if attributes is not None:
                said["attributes"] = claimed or sha256(attributes)
                self.put(hidden, "attributes.json", attributes)
        text = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        self.put(hidden, "order.json", text)
        if signed:
            self.put(hidden, "order.sig", self.sign(os.path.join(hidden, "order.json")))
        os.chown(hidden, DAEMON, -1)
        os.rename(hidden, os.path.join(orders, f"order-{order}"))
        return order

    @staticmethod
    def said(verb, upload, approvals, order=None, request=None, **more):
        """What order.json says."""
        order = order or fresh_id()
        # Who shreds has agreed to the destruction.
        request = request or more.get("destruction", {}).get("id", order)
        return {
            "at_ns": "1795300000000000000", "id": order, "reason": "by the desk", "verb": verb,
            **({"upload": upload} if upload else {}),
            "approvals": [
                {"sid": sid, "role": role, "t": now(), "request": request}
                for sid, role in approvals],
            **more}

    def sign(self, path):
        return subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", path],
            check=True, capture_output=True).stdout

    @staticmethod
    def put(folder, name, content):
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chown(path, DAEMON, -1)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def attributes_json(attributes):
    """Extended attributes as the sealed record has them."""
    listed = [{"name_base64": base64.b64encode(name.encode()).decode(), "value_base64": base64.b64encode(value).decode()}
              for name, value in attributes.items()]
    return json.dumps(listed, separators=(",", ":")).encode()


TWO = (("s-17", "reviewer"), ("s-18", "approver"))
DESTROYERS = (("s-17", "custodian"), ("s-18", "custodian"))
LATER = {"review_by": "2027-11-21T00:00:00Z"}


def a_match(house, name, content):
    """Hands over a listed upload with times, mode and attributes to recognise, and gives its id once it is preserved."""
    with application():
        path = house.build_in_tmp(content, 0o640)
        os.setxattr(path, "user.origin", b"a test")
        os.utime(path, ns=(1_700_000_000_123_456_789, 1_600_000_000_987_654_321))
        os.rename(path, house.make_parents(name))
    house.note(name, content, is_listed=False)
    house.await_drafts(1)
    return os.path.basename(house.bundles()[0])[3:]


@case
def a_false_positive_comes_back_as_it_was():
    with deployment(listed=2) as house:
        desk = Desk(house)
        house.start()
        content = house.listed[0]
        upload = a_match(house, "album/picture.jpg", content)
        kept, others = attributes_json({"user.origin": b"a test"}), attributes_json({"user.origin": b"other"})
        for refused, approvals, more in (
                ("one person", TWO[:1], {}), ("one in two spellings", (TWO[0], (" S-17", "approver")), {}),
                ("two who agreed to another order", TWO, {"request": fresh_id()}),
                ("other content", TWO, {"content": sha256(b"other")}),
                ("other attributes", TWO, {"attributes": others}), ("no attributes", TWO, {"attributes": None}),
                ("other attributes under the right digest", TWO, {"attributes": others, "claimed": sha256(kept)})):
            answer = desk.order("restore", upload, approvals, content, **{"attributes": kept, **LATER, **more})
            expect(not answer["done"], f"{refused}: {answer}")
        whole = {"attributes": kept, **LATER}
        expect(not desk.order("restore", upload, TWO, content, signed=False, **whole)["done"], "without a signature")
        expect(not desk.order("restore", upload, TWO, b"others", **whole)["done"], "content that was not preserved")
        order = fresh_id()
        answer = desk.order("restore", upload, TWO, content, order=order, **whole)
        expect(answer["done"], f"{answer}")
        path = os.path.join(house.released, "album", "picture.jpg")
        found = os.stat(path)
        with open(path, "rb") as file:
            expect_equal(file.read(), content, "restored bytes")
        expect_equal(found.st_mode & 0o7777, 0o640, "mode")
        expect_equal(found.st_mtime_ns, 1_600_000_000_987_654_321, "mtime")
        expect_equal({name: os.getxattr(path, name) for name in os.listxattr(path)}, {"user.origin": b"a test"}, "attributes")
        # The same id again does nothing; the same bytes are released now, others that are listed are not.
        expect(desk.order("restore", upload, TWO, content, order=order, **whole)["done"], "the answer stays")
        house.hand_over("again.jpg", content, is_listed=False)
        house.await_released("again.jpg")
        house.hand_over("other.jpg", house.listed[1])
        house.await_drafts(2)
        # One person lifts it, and the bytes are a match again.
        expect(desk.order("lift", upload, TWO[:1])["done"], "lift")
        house.hand_over("third.jpg", content, is_listed=True)
        house.await_drafts(3)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
        said = types(house)
        for name, count in (("order.refused", 9), ("restore.done", 1), ("suppression.added", 1),
                            ("suppression.removed", 1), ("order.done", 2)):
            expect_equal(said.count(name), count, name)


KEPT = attributes_json({"user.origin": b"a test"})


def times(house, *names):
    said = types(house)
    return [said.count(name) for name in names]


@case
def an_entry_that_came_later_keeps_a_restore_from_releasing():
    """Persons decided on what was met; the same bytes under another entry are nobody's decision yet."""
    with deployment(listed=1) as house:
        content = house.listed[0]
        house.list_and_build([hashlib.sha1(content).hexdigest()])
        desk = Desk(house)
        house.start()
        upload = a_match(house, "a.jpg", content)
        house.list_and_build([sha256(content)])
        until(lambda: len(house.log_events("lists-loaded")) == 2, "the new generation")
        whole = {"attributes": KEPT, **LATER}
        answer = desk.order("restore", upload, TWO, content, **whole)
        expect(not answer["done"] and "since it was preserved" in answer["message"], f"{answer}")
        expect(not os.path.exists(os.path.join(house.released, "a.jpg")), "it was released under a newer entry")
        # Negative control: with the list as it was, the same order is carried out.
        house.list_and_build([hashlib.sha1(content).hexdigest()])
        until(lambda: len(house.log_events("lists-loaded")) == 3, "the former list")
        expect(desk.order("restore", upload, TWO, content, **whole)["done"], "restore")
        expect(os.path.exists(os.path.join(house.released, "a.jpg")), "restored")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")


@case
def a_restore_that_a_list_overtakes_ends():
    """Checked and recorded, it waits for released/ and meets a newer entry: refused, and the next order is taken."""
    with deployment(listed=1) as house:
        content = house.listed[0]
        house.list_and_build([hashlib.sha1(content).hexdigest()])
        desk = Desk(house)
        house.start()
        upload = a_match(house, "a.jpg", content)
        mode = os.stat(house.released).st_mode & 0o7777
        os.chmod(house.released, 0o500)
        whole = {"attributes": KEPT, **LATER}
        order = desk.place("restore", upload, TWO, content, **whole)
        until(lambda: house.log_events("custody-waits"), "a restore that cannot reach released/")
        house.list_and_build([hashlib.sha1(content).hexdigest(), sha256(content)])
        until(lambda: len(house.log_events("lists-loaded")) == 2, "the new generation")
        os.chmod(house.released, mode)
        answer = desk.answer(order, "restore")
        expect(not answer["done"] and "listed since" in answer["message"], f"{answer}")
        until(lambda: os.listdir(os.path.join(house.state, "orders")) == ["answers"], "no plaintext in orders/")
        expect_equal(os.listdir(os.path.join(house.state, "suppressions")), [], "suppressions")
        expect_equal(os.listdir(house.released), [], "released")
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": now()}}
        expect(desk.order("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)["done"], "the next order")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
        expect_equal(times(house, "order.refused", "restore.done"), [1, 0], "what the log says")


@case
def what_changed_before_it_was_sealed_comes_back_as_it_was_sealed():
    with deployment(listed=1) as house:
        desk = Desk(house)
        house.start()
        vault = os.path.join(house.state, "vault", "exhibits")
        os.chmod(vault, 0o500)
        house.hand_over("a", house.listed[0], is_listed=False)
        until(lambda: "custody-waits" in house.log(), "a match that cannot be preserved")
        sealed = b"other bytes " * 20
        with open(os.path.join(os.path.dirname(house.released), "work", "a"), "r+b") as file:
            file.write(sealed)
            file.truncate(len(sealed))
        os.chmod(vault, 0o2750)
        house.await_drafts(1)
        bundle = house.bundles()[0]
        with open(os.path.join(bundle, "data", "exhibit.json"), encoding="utf-8") as file:
            expect(not json.load(file)["digests"]["stable"], "it changed between match and seal")
        upload = os.path.basename(bundle)[3:]
        answer = desk.order("restore", upload, TWO, house.listed[0], **LATER)
        expect(not answer["done"], f"bytes that are in no bundle: {answer}")
        answer = desk.order("restore", upload, TWO, sealed, **LATER)
        expect(answer["done"], f"{answer}")
        with open(os.path.join(house.released, "a"), "rb") as file:
            expect_equal(file.read(), sealed, "restored bytes")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")


def lose_answer(house, order):
    """As if the daemon had been killed between the act and its answer."""
    house.kill()
    os.unlink(os.path.join(house.state, "orders", "answers", f"{order}.json"))
    house.start()


@case
def a_suppression_lasts_until_it_is_lifted():
    """The destruction of the evidence does not end it; one lift does, once, also where a crash took its answer."""
    with deployment(listed=1) as house:
        desk = Desk(house)
        house.start()
        content = house.listed[0]
        upload = a_match(house, "a.jpg", content)
        expect(desk.order("restore", upload, TWO, content, **{"attributes": KEPT, **LATER})["done"], "restore")
        order = fresh_id()
        expect(desk.order("lift", upload, TWO[:1], order=order)["done"], "a first lift")
        expect(desk.order("suppress", upload, TWO, **LATER)["done"], "suppressed again")
        lose_answer(house, order)
        expect(desk.order("lift", upload, TWO[:1], order=order)["done"], "the first lift, and another order since")
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": now()}}
        expect(desk.order("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)["done"], "destroy")
        house.hand_over("again.jpg", content, is_listed=False)
        house.await_released("again.jpg")
        order = fresh_id()
        expect(desk.order("lift", upload, TWO[:1], order=order)["done"], "lift")
        lose_answer(house, order)
        answer = desk.order("lift", upload, TWO[:1], order=order)
        expect(answer["done"], f"the same order after a crash: {answer}")
        expect(not desk.order("lift", upload, TWO[:1])["done"], "another lift of nothing")
        house.hand_over("third.jpg", content, is_listed=True)
        house.await_drafts(1)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
        expect_equal(times(house, "suppression.added", "suppression.removed"), [2, 2], "what the log says")


@case
def nothing_is_suppressed_for_what_the_context_alone_met():
    with deployment(listed=1) as house:
        desk = Desk(house)
        house.start()
        content = b"unlisted content"
        house.hand_over("a", content, context=house.listed[0], is_listed=False)
        house.await_drafts(1)
        upload = os.path.basename(house.bundles()[0])[3:]
        answer = desk.order("restore", upload, TWO, content)
        expect(answer["done"] and "suppressed" not in answer["message"], f"{answer}")
        expect_equal(os.listdir(os.path.join(house.state, "suppressions")), [], "suppressions")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(times(house, "restore.done", "suppression.added"), [1, 0], "what the log says")


@case
def two_persons_destroy_an_exhibit():
    with deployment(listed=1) as house:
        desk = Desk(house)
        house.start()
        upload = a_match(house, "a", house.listed[0])
        expiry = {"basis": {"name": "expiry", "since": now()}}
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": now()}}
        for refused, approvals, more in (
                ("one person", DESTROYERS[:1], expiry), ("reviewers", TWO, expiry), ("no basis", DESTROYERS, {}),
                ("law enforcement without counsel", DESTROYERS, police), ("expired today", DESTROYERS, expiry),
                ("called back after the approvals", (DESTROYERS[0], ("s-19", "counsel")), {
                    "basis": {"name": "le-request", "request": "0f" * 32, "called_back": "2099-01-01T00:00:00Z"}}),
                ("not csam since today", DESTROYERS, {"basis": {"name": "not-csam", "since": now()}}),
                ("expired before the match", DESTROYERS, {"basis": {"name": "expiry", "since": "2020-01-01T00:00:00Z"}}),
                ("expired at no time", DESTROYERS, {"basis": {"name": "expiry"}})):
            answer = desk.order("destroy", upload, approvals, **more)
            expect(not answer["done"], f"{refused}: {answer}")
        expect_equal(len(house.bundles()), 1, "bundles after refusals")
        answer = desk.order("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)
        expect(answer["done"], f"{answer}")
        expect_equal((house.bundles(), house.drafts()), ([], []), "bundles and drafts")
        certificate = os.path.join(house.state, "vault", "certificates", f"ex-{upload}.json")
        with open(certificate, encoding="utf-8") as file:
            said = json.load(file)
        expect_equal(said["content_sha256"], sha256(house.listed[0]), "the certificate's content")
        methods = {place["what"]: place["method"] for place in said["places"]}
        expect_equal(methods["sealed bodies and records, vault"], "unlinked", "bodies")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
        executed = [entry for entry in entries(house) if entry["type"] == "destroy.executed"]
        expect_equal(executed[0]["ref"]["certificate"], sha256(open(certificate, "rb").read()), "its digest")
        house.start()
        expect_equal(house.stop(), 0, "exit code of a start after it")


@case
def what_is_shredded_opens_for_nobody_and_still_verifies():
    """Two of those who destroy: the headers go, the bag stays sound, and the destruction after it lists each place."""
    with deployment(listed=1) as house, tempfile.TemporaryDirectory() as place:
        with_second_copy(house)
        desk = Desk(house)
        house.start()
        upload = a_match(house, "a", house.listed[0])
        bundle, exhibit = house.bundles()[0], f"ex-{upload}"
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": now()}}
        approved = Desk.said("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)
        shred = {"destruction": approved}
        kept = os.path.join(place, "headers")
        shutil.copytree(os.path.join(house.state, "vault", "keys", exhibit), kept)
        for refused, approvals in (("one person", DESTROYERS[:1]), ("a reviewer", (DESTROYERS[0], TWO[1])),
                                   ("one in two spellings", (DESTROYERS[0], (" S-17", "custodian")))):
            expect(not desk.order("keys.shred", None, approvals, **shred)["done"], refused)
        expect(not desk.order("keys.shred", None, DESTROYERS, signed=False, **shred)["done"], "without a signature")
        for why, other in (("no destruction", {}), ("without its basis", {"destruction": {**approved, "basis": {}}}),
                           ("another act", {"destruction": {**approved, "verb": "restore"}}),
                           ("too early", {"destruction": Desk.said("destroy", upload, DESTROYERS, basis={
                               "name": "expiry", "since": now()})})):
            expect(not desk.order("keys.shred", None, DESTROYERS, **other)["done"], why)
        expect_equal(house.content(bundle), sha256(house.listed[0]), "what opens before it")
        answer = desk.order("keys.shred", None, DESTROYERS, **shred)
        expect(answer["done"] and "no header is left in the vault, no header is left in the second" in answer["message"], f"{answer}")
        left = [path for path in everything_below(house.place) if path.endswith(".hdr") or "/keys/" in path]
        expect_equal([path for path in left if exhibit in path], [], "headers that are left")
        for manifest in ("tagmanifest-sha512.txt", "manifest-sha512.txt"):
            subprocess.run(["sha512sum", "--check", "--strict", "--quiet", manifest], check=True, cwd=bundle)
        expect(not opens(house, bundle, None), "the body opens without a header")
        # Negative control: the header that was kept elsewhere opens it still, as the documents say.
        expect(opens(house, bundle, os.path.join(kept, "content.custodians.age.hdr")), "the body is damaged")
        answer = desk.order("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)
        expect(answer["done"], f"{answer}")
        with open(os.path.join(house.state, "vault", "certificates", f"{exhibit}.json"), encoding="utf-8") as file:
            places = {one["what"]: one["method"] for one in json.load(file)["places"]}
        expect_equal(places, {
            "key headers, vault": "absent", "key headers, second copy": "absent",
            "sealed bodies and records, vault": "unlinked", "sealed bodies and records, second copy": "unlinked",
            "unsealed copy": "absent", "draft report": "unlinked"}, "places of the certificate")
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
        said = types(house)
        expect_equal((said.count("key.shredded"), said.count("destroy.executed")), (1, 1), "what the log says")
        expect_equal(house.cli("evidence", "verify", "--all").code, 0, "evidence verify of a certificate")


@case
def headers_go_only_by_an_order_that_the_log_has():
    """A record on the second disk that nobody ordered takes nothing away; an order that a kill cut is ended with all copies."""
    with deployment(listed=1) as house:
        desk = Desk(house)
        alone = house.read_config()
        second = with_second_copy(house)
        both = house.read_config()
        house.start()
        upload = a_match(house, "a", house.listed[0])
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        places = [os.path.join(place, "keys") for place in (os.path.join(house.state, "vault"), second)]
        records = os.path.join(second, "shredded")
        os.mkdir(records)
        with open(os.path.join(records, f"ex-{upload}.json"), "w", encoding="utf-8") as file:
            json.dump({"exhibit": f"ex-{upload}", "order": "01a203aa-f4fa-7915-8c98-eaaa0040e028",
                       "schema": "breakwater-shredded-1"}, file)
        house.start()
        expect_equal([os.listdir(place) for place in places], [[f"ex-{upload}"]] * 2, "headers that are left")
        expect_equal(len(house.log_events("shredding-not-ordered")), 1, "log lines")
        expect_equal(house.cli("spool", "check").code, 20, "spool check")
        expect_equal(house.cli("evidence", "verify", "--all", "--repair").code, 1, "evidence verify")
        expect_equal([os.listdir(place) for place in places], [[f"ex-{upload}"]] * 2, "headers after a repair")
        shutil.rmtree(records)
        expect_equal(house.cli("spool", "check").code, 0, "spool check without that file")
        house.stop()

        house.write_config(alone)
        house.start()
        police = {"basis": {"name": "le-request", "request": "0f" * 32, "called_back": now()}}
        approved = Desk.said("destroy", upload, (DESTROYERS[0], ("s-19", "counsel")), **police)
        order = desk.place("keys.shred", None, DESTROYERS, destruction=approved)
        until(lambda: house.log_events("order-waits"), "the second copy is away")
        expect_equal([os.listdir(place) for place in places], [[], [f"ex-{upload}"]], "headers while it is away")
        expect_equal(house.cli("spool", "check").code, 0, "spool check while it is away")
        house.kill()
        house.write_config(both)
        house.start()
        expect_equal([os.listdir(place) for place in places], [[], []], "headers once it is back")
        expect(desk.answer(order, "keys.shred")["done"], "the order was not carried out")
        expect_equal(house.cli("spool", "check").code, 0, "spool check after it")
        expect_equal(house.cli("evidence", "verify", "--all").code, 0, "evidence verify after it")
        house.stop()
        expect_equal(house.cli("custody", "verify").code, 0, "custody verify")


def with_second_copy(house):
    """A second copy beside the state, which an environment that is no production may have. Its directory."""
    second = os.path.join(house.place, "second")
    os.mkdir(second, 0o750)
    shutil.chown(second, os.stat(house.state).st_uid, os.stat(house.state).st_gid)
    house.write_config(house.read_config().replace(
        "custodians = []", f"custodians = []\nsecond_copy = {json.dumps(second)}"))
    return second


def everything_below(place):
    return [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]


def opens(house, bundle, header):
    """Whether Debian's age opens the content with the key that the deployment has."""
    line = next(line for line in house.read_config().splitlines() if line.startswith("demonstration_key"))
    sealed = b"".join(open(path, "rb").read() for path in (header, os.path.join(bundle, "data/content.age.body")) if path)
    done = subprocess.run(["age", "-d", "-i", line.split('"')[1]], input=sealed, capture_output=True)
    return done.returncode == 0 and sha256(done.stdout) == sha256(house.listed[0])


@case
def evidence_is_held_against_the_log():
    """A bag that was written anew, one that vanished, a file too many and a damaged tag manifest are each told."""
    with deployment(listed=2) as house:
        house.start()
        house.hand_over("a", house.listed[0])
        house.hand_over("b", house.listed[1])
        house.await_drafts(2)
        expect_equal(house.stop(), 0, "exit code after SIGTERM")
        verify = ("evidence", "verify", "--all")
        expect_equal(house.cli(*verify).code, 0, "evidence verify of what is sound")
        one, other = house.bundles()
        tag = os.path.join(one, "tagmanifest-sha256.txt")
        for name, wanted, change, undo in (
                ("a file too many", "stray is not listed in tagmanifest", *added(os.path.join(one, "stray"))),
                ("a payload too many", "data/stray is not listed in manifest", *added(os.path.join(one, "data", "stray"))),
                ("a tag manifest that lists another digest", "does not have the digest", *edited(tag)),
                ("a bundle that vanished", "there is no such bundle", *moved(other))):
            change()
            found = house.cli(*verify)
            expect(found.code == 1 and wanted in found.out, f"{name}: {found}")
            undo()
            expect_equal(house.cli(*verify).code, 0, f"after {name} was undone")
        # A whole bag with manifests that fit is sound to everybody but the log.
        info = os.path.join(one, "bag-info.txt")
        rewrite_tag(one, info)
        subprocess.run(["sha512sum", "--check", "--strict", "--quiet", "tagmanifest-sha512.txt"], check=True, cwd=one)
        found = house.cli(*verify)
        expect(found.code == 1 and "not the one that the custody log says was sealed" in found.out, f"{found}")


def added(path):
    def add():
        with open(path, "w") as file:
            file.write("stray")
    return add, lambda: os.unlink(path)


def moved(path):
    aside = path + "-aside"
    return lambda: os.rename(path, aside), lambda: os.rename(aside, path)


def edited(path):
    with open(path, "rb") as file:
        text = file.read()

    def put(content):
        with open(path, "wb") as file:
            file.write(content)
    return lambda: put((b"0" if text[:1] != b"0" else b"1") + text[1:]), lambda: put(text)


def rewrite_tag(bag, info):
    """Changes bag-info.txt and both tag manifests so that they fit."""
    with open(info, "r+") as file:
        text = file.read().replace("Bag-Software-Agent: ", "Bag-Software-Agent: another ")
        file.seek(0)
        file.write(text)
    for name in ("sha256", "sha512"):
        path = os.path.join(bag, f"tagmanifest-{name}.txt")
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        new = hashlib.new(name, text.encode()).hexdigest()
        lines = [f"{new}  bag-info.txt" if line.endswith("  bag-info.txt") else line for line in lines]
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    run_cases()
