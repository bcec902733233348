#!/usr/bin/env python3
"""A reviewer's session by command line only: the daemon preserves, the desk prepares, two persons decide.

Nothing here looks into the programs: uploads are handed over with the contexts of three made-up applications, staff are
users of the operating system, and what comes out is judged with sha256sum and xmllint. All material is invented.
"""

import contextlib
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import validators
from custody import with_second_copy
from house import CHECKOUT, DAEMON, case, deployment, expect, expect_equal, needs_root, programs, run_cases, sha256, until

DESK = 61003
ANA, BEN, OTTO, STRANGER, CARA, LENA, AUDE = 61011, 61012, 61013, 61014, 61015, 61016, 61017
STAFF = 61020  # the group that the socket is open to
STAFF_ROLES = (("ana", ANA, "reviewer"), ("ben", BEN, "approver"), ("otto", OTTO, "operator"),
               ("cara", CARA, "custodian"), ("lena", LENA, "counsel"), ("aude", AUDE, "auditor"))
STATE = 61021  # the state's group, which is not the daemon's own, as the packaging has it
ATTRIBUTES = {"user.origin": b"an invented application", "user.empty": b"", "user.bytes": bytes(range(256))}
CONTEXTS = sorted(glob.glob(os.path.join(CHECKOUT, "Tests", "Goldens", "CyberTip", "context-*.json")))


@contextlib.contextmanager
def a_desk(uploads, evidence=(), contexts=CONTEXTS, settings=""):
    """A house of environment "test" with so many listed uploads, and a desk that has a case for each.

    `settings` are lines of [desk] beside the usual ones.
    """
    needs_root()
    with deployment(listed=uploads, build=False) as house:
        house.write_config(house.read_config().replace('environment = "demonstration"', 'environment = "test"', 1))
        # A synthetic list of class csam blocks every report outside a demonstration, as it should.
        house.set("list", "class", '"exploitative"')
        house.set("report", "email", '"ncmec@hosting.org"')
        for key, value in dict(evidence).items():
            house.set("evidence", key, value)
        house.list_and_build([sha256(content) for content in house.listed])
        # What the packaging does: the desk's group may pass through to the vault, and the daemon is in it.
        house.groups.append(STATE)
        os.chown(house.state, -1, STATE)
        os.chmod(house.state, 0o710)
        desk = Desk(house, settings)
        house.set("state", "desk_key", json.dumps(desk.public_key))
        house.start()
        for number, content in enumerate(house.listed):
            with open(contexts[number % len(contexts)], "rb") as file:
                house.hand_over(f"upload-{number}.bin", content, context=file.read(), attributes=ATTRIBUTES)
        until(lambda: len(house.bundles()) == uploads, "bundles")
        desk.start()
        try:
            until(lambda: len(desk.cases()) == uploads, "cases")
            yield desk
        finally:
            desk.kill()


class Desk:
    """breakwater-review beside a daemon's house, and the persons who work at it."""

    def __init__(self, house, settings=""):
        self.house = house
        self.root = os.path.join(house.root, "desk")
        self.socket = os.path.join(house.root, "desk.sock")
        self.roles = os.path.join(house.root, "roles.toml")
        self.public_key = os.path.join(house.root, "desk.pub")
        self.metrics = os.path.join(house.root, "desk.prom")
        self.process = None
        os.mkdir(self.root)
        os.chown(self.root, DESK, DESK)
        os.chmod(self.root, 0o700)
        self.give_the_key()
        os.chmod(house.root, 0o777)
        self.name_staff(STAFF_ROLES)
        house.write_config(
            house.read_config()
            + f'\n[desk]\nroot = "{self.root}"\nsocket = "{self.socket}"\nroles = "{self.roles}"\ngroup = "{STAFF}"\n'
            + f'metrics = "{self.metrics}"\n' + settings
        )

    def name_staff(self, staff):
        """Writes the roles file."""
        with open(self.roles, "w") as file:
            file.write("small_team = false\n")
            for name, user, roles in staff:
                file.write(f'[[staff]]\nid = "{name}"\nuser = "{user}"\nroles = "{roles}"\n')

    def read_roles_again(self):
        """SIGHUP, and what the desk says of the file."""
        self.process.send_signal(signal.SIGHUP)
        return self.process.stderr.readline().decode()

    def give_the_key(self):
        """The demonstration's key opens what the daemon seals; a real desk has one of its own."""
        line = next(line for line in self.house.read_config().splitlines() if line.startswith("demonstration_key"))
        keys = os.path.join(self.root, "keys")
        os.mkdir(keys, 0o700)
        shutil.copy(line.split('"')[1], os.path.join(keys, "review.key"))
        for path in (keys, os.path.join(keys, "review.key")):
            os.chown(path, DESK, DESK)

    def start(self):
        """Runs the desk as its own user, in the state's group, until it listens."""
        program = os.path.join(programs(), "breakwater-review")
        self.process = subprocess.Popen(
            [*self.as_user(DESK, [STATE, STAFF]), program, "--config", self.house.config],
            stderr=subprocess.PIPE, cwd="/",
        )
        line = self.process.stderr.readline().decode()
        expect("listening" in line, f"the desk said {line!r}")
        # What an operator does once: the daemon believes orders that carry this key's signature.
        shutil.copy(os.path.join(self.root, "keys", "orders.pub"), self.public_key)

    def kill(self):
        """kill -9, whatever it does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    @staticmethod
    def as_user(user, groups=()):
        """A command's beginning that gives up root for a user of staff."""
        chosen = ",".join(str(group) for group in groups) or str(STAFF)
        return ["setpriv", f"--reuid={user}", f"--regid={user}", f"--groups={chosen}"]

    def run(self, user, *words, code=0, binary=False):
        """One command of a person; its output, checked for its exit code."""
        command = [*self.as_user(user), os.path.join(programs(), "breakwater"), *words, "--socket", self.socket]
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, cwd="/")
        expect_equal(done.returncode, code, f"{' '.join(words)}: {done.stderr.decode()}")
        return done.stdout if binary else done.stdout.decode()

    def viewing(self, exhibit, output):
        """A viewing by ana whose bytes go to `output`, under way."""
        words = ("view", "start", exhibit, "--purpose", "triage", "--again", "--socket", self.socket)
        return subprocess.Popen(
            [*self.as_user(ANA), os.path.join(programs(), "breakwater"), *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, cwd="/",
        )

    def complaint(self, user, *words, code):
        """What a refused command says."""
        command = [*self.as_user(user), os.path.join(programs(), "breakwater"), *words, "--socket", self.socket]
        done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, cwd="/")
        expect_equal(done.returncode, code, f"{' '.join(words)}: {done.stderr.decode()}")
        return done.stderr.decode()

    def json(self, user, *words, code=0):
        """The answer's objects, one a line."""
        return [json.loads(line) for line in self.run(user, *words, "--json", code=code).splitlines()]

    def answered(self, exhibit):
        """The exhibit's last order, once the daemon has answered it."""
        def last():
            orders = self.json(BEN, "case", "show", exhibit)[0]["orders"]
            return orders and orders[-1]["done"] is not None
        until(last, "an answer to the order")
        return self.json(BEN, "case", "show", exhibit)[0]["orders"][-1]

    def cases(self):
        """Every case as an approver's list shows it."""
        return self.json(BEN, "case", "list")


def judge_documents(folder):
    """What was exported is well-formed, self-contained and complete."""
    names = sorted(os.listdir(folder))
    for name in ("draft.json", "report.xml", "summary.html", "summary.txt"):
        expect(name in names, f"{name} is not among {names}")
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(".xml"):
            subprocess.run(["xmllint", "--nonet", "--noout", path], check=True)
        if name.endswith(".html"):
            text = open(path).read()
            for forbidden in ("<script", "<img", "<link", "http-equiv=\"refresh", " src=", "@import", "url("):
                expect(forbidden not in text.lower(), f"{name} holds {forbidden}")
            subprocess.run(["xmllint", "--html", "--nonet", "--noout", path], check=True, stderr=subprocess.DEVNULL)


@case
def a_case_goes_from_match_to_submission():
    """list, show, lint, attach, classify, approve by a second person, export, mark submitted: three applications."""
    with a_desk(len(CONTEXTS)) as desk:
        for number, found in enumerate(desk.cases()):
            session(desk, found["case"], 4564654 + number)
        judge_figures(desk, len(CONTEXTS))


def judge_figures(desk, submitted):
    """The desk's figures are a scraper's, and say nothing but how many."""
    line = f'breakwater_desk_cases{{stage="submitted"}} {submitted}'
    until(lambda: line in read(desk.metrics).splitlines(), f"{line} in {desk.metrics}")
    text = read(desk.metrics)
    expect("breakwater_desk_oldest_seconds 0" in text.splitlines(), text)
    code = subprocess.run(["promtool", "check", "metrics"], input=text.encode()).returncode
    expect_equal(code, 0, "promtool check metrics")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def session(desk, name, number):
    """One case by command line, from the list to the receipt of a report of this number."""
    shown = desk.run(ANA, "case", "show", name)
    expect("equals an entry of list" in shown, shown)
    desk.run(ANA, "report", "lint", name, code=1)
    desk.run(ANA, "case", "claim", name)
    chat = os.path.join(desk.house.root, "chat.txt")
    with open(chat, "w") as file:
        file.write("an invented chat\n")
    os.chmod(chat, 0o644)
    desk.run(ANA, "exhibit", "attach", name, chat)
    take_back_mistakes(desk, name)
    exhibit = desk.json(ANA, "case", "show", name)[0]["exhibits"][0]["exhibit"]
    desk.run(ANA, "exhibit", "classify", exhibit, "A1")
    desk.run(ANA, "exhibit", "annotate", exhibit)
    begun = time.monotonic()
    desk.run(ANA, "report", "lint", name)
    expect(time.monotonic() - begun < 5, "a draft's findings take more than 5 s")
    desk.run(BEN, "exhibit", "classify", exhibit, "A2", code=64)
    seen = desk.run(ANA, "view", "start", exhibit, "--purpose", "triage", "--again", binary=True)
    sha256 = desk.json(ANA, "case", "show", name)[0]["exhibits"][0]["sha256"]
    expect_equal(hashlib.sha256(seen).hexdigest(), sha256, "the bytes that were seen")
    desk.run(ANA, "view", "complete", exhibit)
    draft = desk.json(ANA, "report", "draft", name)[0]["draft"]
    expect_equal(draft["blocking"], 0, "blocking findings")
    expect_equal(draft["warnings"], 0, "warnings")
    desk.run(ANA, "report", "approve", name, code=64)
    shown = desk.json(BEN, "report", "show", name)[0]["documents"]["summary.txt"]
    page = desk.run(BEN, "report", "show", name, "--html", binary=True)
    desk.run(OTTO, "report", "show", name, code=64)
    desk.run(BEN, "report", "approve", name, "--draft", draft["sha256"][:12])
    folder = os.path.join("/tmp", f"export-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    desk.run(BEN, "report", "export", name, "--to", folder)
    judge_documents(folder)
    expect_equal(shown, read(os.path.join(folder, "summary.txt")), "what was read before the approval")
    expect_equal(page.decode(), read(os.path.join(folder, "summary.html")), "its page")
    expect("a mistake" not in shown and "wrong.txt" not in shown, shown)
    report = open(os.path.join(folder, "file-1.xml")).read()
    expect("<fileViewedByEsp>true</fileViewedByEsp>" in report, report)
    receipt = os.path.join(desk.house.root, "receipt.xml")
    with open(receipt, "w") as file:
        file.write(f"<reportDoneResponse><reportId>{number}</reportId></reportDoneResponse>")
    os.chmod(receipt, 0o644)
    desk.run(BEN, "report", "mark-submitted", name, "--report-id", str(number), "--receipt", receipt)
    expect_equal(desk.json(ANA, "case", "show", name)[0]["stage"], "submitted", "stage")
    expect_equal(desk.run(AUDE, "report", "receipt", name), read(receipt), "the receipt")
    desk.run(ANA, "report", "receipt", name, code=64)
    shutil.rmtree(folder)


def take_back_mistakes(desk, name):
    """An escalation and an attachment of another case: withdrawn, and told as text with what was typed, escaped."""
    desk.run(ANA, "case", "escalate", name, "--reason", "this is a mistake of ours")
    desk.run(ANA, "case", "withdraw-escalation", name, "--reason", "the wrong \x1b[2Jcase")
    wrong = os.path.join(desk.house.root, "wrong.txt")
    with open(wrong, "w") as file:
        file.write("of another case\n")
    os.chmod(wrong, 0o644)
    desk.run(ANA, "exhibit", "attach", name, wrong)
    attachment = desk.json(ANA, "case", "show", name)[0]["attachments"][-1]
    desk.run(ANA, "exhibit", "detach", name, attachment, "--reason", " ", code=64)
    desk.run(ANA, "exhibit", "detach", name, attachment, "--reason", "another case's")
    shown = desk.run(ANA, "case", "show", name)
    expect("escalation-withdrawn: the wrong \\u{1b}[2Jcase" in shown and "\x1b" not in shown, shown)
    expect(f"attachment-withdrawn: {attachment}, another case's" in shown, shown)


def only_exhibit(desk):
    """The exhibit of the only case."""
    name = desk.cases()[0]["case"]
    return desk.json(ANA, "case", "show", name)[0]["exhibits"][0]["exhibit"]


def ends_as_a_part(desk, exhibit, took):
    """`view complete` is refused with the bytes that were taken, and the report says viewed false."""
    said = desk.complaint(ANA, "view", "complete", exhibit, code=1)
    expect(f"at most {took}\n" in said and "--partial" in said, said)
    expect_equal(desk.json(ANA, "view", "complete", exhibit, "--partial")[0]["viewed"], False, "the flag")


@case
def a_viewing_is_what_its_reader_took():
    """head, a killed reader, a killed command, a closed output: parts. A reader that pauses for longer than a minute: whole."""
    with a_desk(1) as desk:
        exhibit, size = only_exhibit(desk), len(desk.house.listed[0])

        reader = subprocess.Popen(["head", "-c", "10"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        viewing = desk.viewing(exhibit, reader.stdin)
        reader.stdin.close()
        expect_equal(viewing.wait(60), 1, viewing.stderr.read().decode())
        ends_as_a_part(desk, exhibit, 10)

        reader = subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE)
        viewing = desk.viewing(exhibit, reader.stdin)
        reader.stdin.close()
        viewing.stderr.readline()
        reader.kill()
        reader.wait()
        expect_equal(viewing.wait(60), 1, "a reader that was killed")
        ends_as_a_part(desk, exhibit, 0)

        reader = subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE)
        viewing = desk.viewing(exhibit, reader.stdin)
        viewing.stderr.readline()
        desk.complaint(ANA, "view", "complete", exhibit, code=1)
        viewing.kill()
        viewing.wait()
        # It had written everything, and nobody is known to have read it.
        until(lambda: f"at most {size}\n" in desk.complaint(ANA, "view", "complete", exhibit, code=1), "the cut")
        desk.run(ANA, "view", "abort", exhibit)
        reader.stdin.close()
        reader.kill()
        reader.wait()

        command = [*desk.as_user(ANA), "sh", "-c", 'exec "$@" >&-', "sh", os.path.join(programs(), "breakwater"), "view",
                   "start", exhibit, "--purpose", "triage", "--again", "--socket", desk.socket]
        closed = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, cwd="/")
        expect(closed.returncode != 0, "a closed standard output counts as a viewer")
        desk.run(ANA, "view", "abort", exhibit)

        slow = 'import sys, time; time.sleep(65); sys.stdout.buffer.write(sys.stdin.buffer.read())'
        reader = subprocess.Popen(["python3", "-c", slow], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        viewing = desk.viewing(exhibit, reader.stdin)
        reader.stdin.close()
        viewing.stderr.readline()
        expect_equal(len(desk.cases()), 1, "what others see meanwhile")
        expect_equal(reader.stdout.read(), desk.house.listed[0], "what the slow reader got")
        expect_equal(viewing.wait(60), 0, viewing.stderr.read().decode())
        expect_equal(desk.json(ANA, "view", "complete", exhibit)[0]["viewed"], True, "the flag")


@case
def an_auditor_reads_the_desks_log_and_verifies_it():
    """Over the socket, checked on the auditor's side; who opened what is in it, and no text of anybody."""
    with a_desk(1) as desk:
        name = desk.cases()[0]["case"]
        desk.run(ANA, "case", "note", name, "a private remark")
        desk.complaint(OTTO, "case", "show", name, code=64)
        desk.complaint(STRANGER, "case", "list", code=64)
        desk.complaint(ANA, "custody", "cat", "--desk", code=64)
        key = os.path.join(desk.root, "keys", "custody.key")
        expect_equal(os.stat(key).st_mode & 0o777, 0o600, "the mode of the log's key")
        said = desk.run(AUDE, "custody", "verify", "--desk")
        expect("sound" in said, said)
        lines = desk.run(AUDE, "custody", "cat", "--desk")
        expect("a private remark" not in lines and "private" not in lines, "a note's text is in the log")
        entries = [json.loads(line) for line in lines.splitlines()]
        kinds = [entry["type"] for entry in entries]
        for kind in ("role.changed", "context.opened", "case.noted", "access.denied"):
            expect(kind in kinds, f"{kind} is not among {sorted(set(kinds))}")
        first = kinds.index("context.opened")
        expect(first < kinds.index("exhibit.adopted"), "context was opened before the log had it")
        expect_equal(entries[first]["why"], "adoption", "why it was opened")
        expect_equal(glob.glob("/tmp/breakwater-custody-*"), [], "copies that were left")


@case
def a_desk_that_ends_says_so_to_whoever_views_and_leaves_nothing_half_done():
    """SIGTERM while a viewing stands still: the command says it and ends with 75, the log has the grant's end."""
    with a_desk(1) as desk:
        exhibit = only_exhibit(desk)
        slow = "import sys, time; time.sleep(8); sys.stdin.buffer.read()"
        reader = subprocess.Popen(["python3", "-c", slow], stdin=subprocess.PIPE)
        viewing = desk.viewing(exhibit, reader.stdin)
        reader.stdin.close()
        viewing.stderr.readline()
        desk.process.terminate()
        expect_equal(desk.process.wait(60), 0, "the desk's exit code")
        desk.process = None
        expect_equal(viewing.wait(60), 75, "view start")
        said = viewing.stderr.read().decode()
        expect("broke off" in said and "the desk ends" in said, said)
        reader.wait()
        desk.start()
        entries = [json.loads(line) for line in desk.run(AUDE, "custody", "cat", "--desk").splitlines()]
        started = [entry["ref"]["grant"] for entry in entries if entry["type"] == "view.started"]
        ended = [(entry["ref"]["grant"], entry["why"]) for entry in entries if entry["type"] == "view.aborted"]
        expect_equal(ended, [(started[-1], "desk-ends")], "the grant's end")
        folder = os.path.join(desk.house.root, "nothing")
        desk.run(BEN, "report", "export", exhibit, "--to", folder, code=1)
        expect(not os.path.exists(folder), "a refused export left a directory")
        said = desk.complaint(OTTO, "case", "adopt", "/dev", code=1)
        expect("exhibits/ and keys/" in said, said)
        said = desk.complaint(ANA, "report", "approve", exhibit, code=1)
        expect("report draft" in said, said)


@case
def roles_are_read_again_and_a_refused_file_changes_nothing():
    """SIGHUP: who is new is let in, who is gone is not, and the log says so."""
    with a_desk(1) as desk:
        desk.complaint(STRANGER, "case", "list", code=64)
        desk.name_staff([*STAFF_ROLES[:2], ("nina", STRANGER, "reviewer")])
        said = desk.read_roles_again()
        expect("read again" in said, said)
        desk.run(STRANGER, "case", "list")
        desk.complaint(OTTO, "case", "list", code=64)
        desk.name_staff([("ana", ANA, "operator reviewer")])
        said = desk.read_roles_again()
        expect("roles refused" in said, said)
        desk.run(STRANGER, "case", "list")
        desk.kill()
        desk.name_staff(STAFF_ROLES)
        desk.start()
        changes = [json.loads(line) for line in desk.run(AUDE, "custody", "cat", "--desk").splitlines()]
        changes = [(entry["ref"].get("sid"), entry["why"]) for entry in changes if entry["type"] == "role.changed"]
        expect(("nina", "added") in changes and ("otto", "removed") in changes, f"{changes}")
        expect_equal(changes.count(("nina", "removed")), 1, "what a restart found")


@case
def a_false_positive_goes_back_to_the_application():
    """not_csam by two persons, restore by two persons: the daemon puts the same bytes into released/."""
    with a_desk(1) as desk:
        exhibit, path = only_exhibit(desk), os.path.join(desk.house.released, "upload-0.bin")
        restore = ("exhibit", "restore", exhibit, "--reason", "a picture of our own office")
        desk.run(ANA, *restore, code=1)
        dispose = ("exhibit", "dispose", exhibit, "not_csam", "--reason", "a picture of our own office")
        desk.run(ANA, *dispose, code=4)
        desk.run(ANA, *restore, code=1)
        desk.run(BEN, *dispose)
        desk.run(OTTO, *restore, code=64)
        desk.run(ANA, *restore, code=4)
        desk.run(ANA, *restore, code=4)
        expect(not os.path.exists(path), "one person restored it")
        desk.run(BEN, *restore)
        order = desk.answered(exhibit)
        expect(order["done"], f"{order}")
        with open(path, "rb") as file:
            expect_equal(file.read(), desk.house.listed[0], "restored bytes")
        expect_equal({name: os.getxattr(path, name) for name in os.listxattr(path)}, ATTRIBUTES, "its attributes")
        expect_equal(os.listdir(os.path.join(desk.house.state, "orders")), ["answers"], "what is left in orders/")
        desk.house.note("upload-0.bin", desk.house.listed[0], is_listed=False)
        desk.house.hand_over("again.bin", desk.house.listed[0], is_listed=False)
        desk.house.await_released("again.bin")
        desk.run(ANA, "exhibit", "lift", exhibit, "--reason", "it was one after all")
        until(lambda: desk.answered(exhibit)["verb"] == "lift", "the lift")
        expect_equal(desk.answered(exhibit)["done"], True, "lift")


@case
def an_exhibit_is_handed_over_held_and_destroyed():
    """A custodian exports it for one recipient; a hold blocks; custodian and counsel destroy it; a certificate stays."""
    with a_desk(1) as desk:
        exhibit, house = only_exhibit(desk), desk.house
        content = house.listed[0]
        chat = os.path.join(house.root, "chat.txt")
        with open(chat, "w") as file:
            file.write("an invented chat\n")
        os.chmod(chat, 0o644)
        desk.run(ANA, "exhibit", "attach", desk.cases()[0]["case"], chat)
        house.stop()  # its log signs what it has
        house.start()
        check_export(desk, exhibit, content)
        letter = a_letter(house)
        desk.run(ANA, "retention", "list", code=64)
        hold = desk.json(LENA, "retention", "hold", "add", exhibit, "--kind", "court", "--document", letter)[0]["hold"]
        expect_equal(desk.json(CARA, "retention", "list")[0]["holds"][0]["kind"], "court", "the hold")
        case_hold = ("retention", "hold", "add", desk.cases()[0]["case"], "--kind", "internal", "--document", letter)
        both = desk.json(LENA, *case_hold)[0]
        expect_equal((len(both["exhibits"]), len(both["attachments"])), (1, 1), "what a case's hold holds")
        desk.run(CARA, "retention", "hold", "release", desk.cases()[0]["case"], both["hold"])
        empty = desk.json(ANA, "case", "open", "--type", "Misleading Domain Name", "--reason", "a user says so")[0]["case"]
        desk.run(LENA, "retention", "hold", "add", empty, "--kind", "court", "--document", letter, code=1)
        ask = ("destroy", "request", exhibit, "--basis", "le-request", "--document", letter, "--reason", "the agency asks")
        desk.run(CARA, *ask, code=4)
        approve = ("destroy", "approve", exhibit, "--called-back", "2026-11-21T10:00:00Z")
        desk.run(CARA, *approve, code=4)
        desk.run(LENA, *approve, code=1)
        desk.run(CARA, "retention", "hold", "release", exhibit, hold)
        desk.run(CARA, "destroy", "certificate", exhibit, code=1)
        # What the daemon has not begun with, a hold takes back; once it is released, it goes on.
        house.stop()
        desk.run(LENA, *approve)
        hold = desk.json(LENA, "retention", "hold", "add", exhibit, "--kind", "court", "--document", letter)[0]["hold"]
        waiting = [name for name in os.listdir(os.path.join(house.state, "orders")) if name.startswith("order-")]
        expect_equal(waiting, [], "orders under the hold")
        house.start()
        desk.run(CARA, "retention", "hold", "release", exhibit, hold)
        order = desk.answered(exhibit)
        expect(order["done"], f"{order}")
        certificate = desk.json(CARA, "destroy", "certificate", exhibit)[0]
        expect_equal(certificate["content_sha256"], sha256(content), "what the certificate names")
        expect_equal(len(certificate["approvals"]), 2, "persons")
        expect_equal(house.bundles(), [], "bundles")


def a_letter(house):
    path = os.path.join(house.root, "letter.txt")
    with open(path, "w") as file:
        file.write("an invented letter\n")
    os.chmod(path, 0o644)
    return path


@case
def a_destruction_waits_for_a_copy_that_is_away_and_can_be_held_and_refused_meanwhile():
    """The setting that names the second copy is gone: nothing is begun, nothing is forgotten, and the desk may stop it."""
    with a_desk(1) as desk:
        exhibit, house = only_exhibit(desk), desk.house
        letter = a_letter(house)
        house.stop()
        without = house.read_config()
        second = with_second_copy(house)
        withs = house.read_config()
        house.start()
        house.stop()
        house.cli("evidence", "verify", "--all", "--repair")
        expect(os.path.exists(os.path.join(second, "keys", exhibit)), "no second copy was made")
        house.write_config(without)
        house.start()
        ask = ("destroy", "request", exhibit, "--basis", "le-request", "--document", letter, "--reason", "the agency asks")
        approve = ("destroy", "approve", exhibit, "--called-back", "2026-11-21T10:00:00Z")
        desk.run(CARA, *ask, code=4)
        desk.run(LENA, *approve)
        until(lambda: "order-waits" in house.log(), "a line that says that it waits")
        expect_equal(len(house.bundles()), 1, "bundles")
        hold = desk.json(LENA, "retention", "hold", "add", exhibit, "--kind", "court", "--document", letter)[0]["hold"]
        desk.run(LENA, "destroy", "refuse", exhibit)
        desk.run(CARA, "retention", "hold", "release", exhibit, hold)
        desk.run(CARA, *ask, code=4)
        desk.run(LENA, *approve)
        house.stop()
        house.write_config(withs)
        house.start()
        expect(desk.answered(exhibit)["done"], "the destruction")
        left = [name for folder in (house.state, second) for _, _, names in os.walk(folder) for name in names
                if name.endswith((".body", ".hdr")) and exhibit in folder]
        expect_equal((house.bundles(), left), ([], []), "what is left")


def check_export(desk, exhibit, content):
    """Judged with coreutils and age, by nobody's key but the recipient's."""
    output, key = os.path.join(desk.house.root, "out"), os.path.join(desk.house.root, "recipient.key")
    os.mkdir(output)
    os.chown(output, CARA, CARA)
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True).stdout.decode().strip()
    words = ("evidence", "export", exhibit, "--to", public, "--output", output)
    desk.run(BEN, *words, code=64)
    desk.run(CARA, *words)
    names = os.listdir(output)
    expect(len(names) == 1 and names[0].endswith("-r1"), f"{names}")
    bag = os.path.join(output, names[0])
    for manifest in ("tagmanifest-sha512.txt", "manifest-sha512.txt"):
        subprocess.run(["sha512sum", "--check", "--strict", "--quiet", manifest], check=True, cwd=bag)
    validators.judge_export(bag, desk.house.root)
    parts = [f"data/keys/{exhibit}/content.age.hdr", f"data/exhibits/{exhibit}/data/content.age.body"]
    sealed = b"".join(open(os.path.join(bag, part), "rb").read() for part in parts)
    opened = subprocess.run(["age", "-d", "-i", key], input=sealed, check=True, capture_output=True).stdout
    expect_equal(opened, content, "what the recipient opens")
    place = glob.glob(os.path.join(bag, "data", "attachments", "*"))[0]
    sealed = b"".join(open(os.path.join(place, f"content.age.{part}"), "rb").read() for part in ("hdr", "body"))
    opened = subprocess.run(["age", "-d", "-i", key], input=sealed, check=True, capture_output=True).stdout
    expect_equal(opened, b"an invented chat\n", "the attachment that the recipient opens")
    custody = os.path.join(bag, "data", "custody", "desk")
    verify = ("custody", "verify", "--dir", custody, "--vkey-file", os.path.join(custody, "vkey"))
    code, said, _ = desk.house.cli(*verify, config=False)
    expect_equal(code, 0, f"custody verify of the export: {said}")
    check_proofs(desk.house, bag)
    until(lambda: not os.listdir(os.path.join(desk.root, "exports")), "nothing of it left at the desk")


def check_proofs(house, bag):
    """As the recipient does it, by the commands of readme.txt, and once with an entry that was changed."""
    key = os.path.join(house.root, "daemon.vkey")
    with open(key, "w") as file:
        file.write(house.cli("custody", "checkpoint", "--vkey")[1])
    def check(folder, key):
        command = ["python3", "data/check-log.py", folder, key]
        return subprocess.run(command, cwd=bag, capture_output=True).returncode
    expect_equal(check("data/custody/daemon", key), 0, "the daemon's log")
    expect_equal(check("data/custody/desk", "data/custody/desk/vkey"), 0, "the desk's log")
    expect_equal(check("data/custody/daemon", "data/custody/desk/vkey"), 1, "the daemon's log by another key")
    changed = os.path.join(house.root, "changed")
    shutil.copytree(os.path.join(bag, "data", "custody", "daemon"), changed)
    one = sorted(glob.glob(os.path.join(changed, "*.json")))[0]
    os.chmod(one, 0o644)
    with open(one, "r+b") as file:
        file.seek(10)
        file.write(b"#")
    expect_equal(check(changed, key), 1, "a changed entry")


@case
def a_custodians_key_is_retired_when_two_drilled_ones_are_left():
    """Refused until two others answered a drill; then nothing more is sealed to it. Headers go by an approved destruction."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        keys = [custodian(place, name) for name in ("a", "b", "c")]
        with a_desk(1, {"custodians": json.dumps([public for _, public in keys])}) as desk:
            house, exhibit = desk.house, only_exhibit(desk)
            prints = [line["fingerprint"] for line in house.cli_lines("keys", "list") if line["role"] == "custodian"]
            retire = ("keys", "retire", prints[0][:8], "--reason", "its custodian left")
            for file, _ in keys[:2]:
                drill(house, file, prints[[key for key, _ in keys].index(file)])
            desk.run(BEN, *retire, code=64)
            desk.run(CARA, *retire, code=1)
            drill(house, keys[2][0], prints[2])
            desk.run(CARA, *retire)
            desk.run(CARA, "keys", "retire", prints[1], "--reason", "too", code=1)
            house.hand_over("later.bin", house.listed[0])
            until(lambda: len(house.bundles()) == 2, "the bundle after it")
            sealed_to = [recipients(house, bundle) for bundle in house.bundles()]
            expect(prints[0] in sealed_to[0] and prints[0] not in sealed_to[1], f"{prints[0]} of {sealed_to}")
            expect(set(prints[1:]) <= set(sealed_to[1]), f"{prints} of {sealed_to}")
            listed = house.cli_lines("keys", "list")
            expect_equal([line["fingerprint"] for line in listed if line["role"] == "retired"], prints[:1], "keys list")
            desk.run(CARA, "keys", "shred", exhibit, "--reason", "why not", code=1)
            expect_equal(house.stop(), 0, "exit code after SIGTERM")
            said = [entry["type"] for entry in house.cli_lines("custody", "cat")]
            expect_equal((said.count("key.drilled"), said.count("key.retired")), (3, 1), "what the log says of keys")
            expect_equal(house.cli("custody", "verify")[0], 0, "custody verify")
            # A start after it knows the key as retired, and the settings name it still.
            house.start()
            house.hand_over("last.bin", house.listed[0])
            until(lambda: len(house.bundles()) == 3, "the bundle after a start")
            expect(prints[0] not in recipients(house, house.bundles()[2]), "a start forgot that a key is retired")


def custodian(place, name):
    """A key pair's file and its public half."""
    path = os.path.join(place, name)
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    os.chmod(path, 0o644)
    public = subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True).stdout.decode().strip()
    return path, public


def drill(house, key, fingerprint):
    """The custodian's half with Debian's age."""
    expect_equal(house.cli("keys", "drill").code, 0, "keys drill")
    challenge = os.path.join(house.state, "vault", "drills", f"{fingerprint}.age")
    answer = subprocess.run(["age", "-d", "-i", key, challenge], check=True, capture_output=True).stdout.decode().strip()
    done = house.cli("keys", "drill", "--answer", answer, "--key", fingerprint)
    expect_equal(done.code, 0, f"keys drill --answer: {done}")


def recipients(house, bundle):
    with open(os.path.join(house.state, "vault", "keys", os.path.basename(bundle), "recipients.json")) as file:
        return json.load(file)["custodians"]


@case
def who_is_not_in_the_roles_file_is_told_nothing():
    """Peer credentials decide, and fail closed."""
    with a_desk(1) as desk:
        desk.run(STRANGER, "case", "list", code=64)
        name = desk.cases()[0]["case"]
        desk.run(OTTO, "case", "show", name, code=64)
        desk.run(BEN, "exhibit", "classify", name, "A1", code=64)
        outside = subprocess.run(
            ["setpriv", f"--reuid={ANA}", f"--regid={ANA}", "--clear-groups",
             os.path.join(programs(), "breakwater"), "case", "list", "--socket", desk.socket],
            capture_output=True, cwd="/")
        expect_equal(outside.returncode, 64, f"who is not in the group: {outside.stderr.decode()}")


@case
def a_desk_that_is_killed_between_any_two_acts_goes_on():
    """kill -9 after each answer: what was answered is there, and nothing else."""
    with a_desk(1) as desk:
        name = desk.cases()[0]["case"]
        acts = [
            (ANA, "case", "claim", name), (ANA, "case", "note", name, "a remark"),
            (ANA, "exhibit", "classify", name, "B1"), (ANA, "exhibit", "annotate", name, "viral"),
            (ANA, "report", "draft", name), (BEN, "report", "approve", name),
        ]
        wanted = ["opened", "joined"]
        for user, *words in acts:
            desk.run(user, *words)
            desk.kill()
            desk.start()
            rows = [row["event"] for row in desk.json(ANA, "case", "show", name)[0]["rows"]]
            expect_equal(rows[:len(wanted)], wanted, "the rows before")
            expect_equal(len(rows), len(wanted) + 1, f"the rows after {words}")
            wanted = rows


if __name__ == "__main__":
    run_cases()
