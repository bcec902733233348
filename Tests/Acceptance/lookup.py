#!/usr/bin/env python3
"""A site's own look-up service, well and ill: what it is asked, what becomes of its answers, and that no draft waits.

The service is a few lines of Python behind a Unix socket. All material is invented.
"""

import contextlib
import json
import os
import shutil
import socket
import tempfile
import threading
import time

from house import SCRATCH, case, cases, expect, expect_equal, run_cases, until

from desk import ANA, BEN, CARA, a_desk

cases.clear()  # those of desk.py are run by it


class Service:
    """Answers every question in the manner that is set, and remembers what it was asked."""

    def __init__(self, path, manner):
        self.path = path
        self.questions = []
        self.manner = manner
        self.listener = None

    def start(self):
        """Listens where the desk's user may connect."""
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen(8)
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def stop(self):
        """As a service that is not there."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection, contextlib.suppress(OSError):
            question = b""
            while not question.endswith(b"\n"):
                question += connection.recv(4096)
            self.questions.append(question)
            self.manner(connection)


def says(value):
    """A manner: this answer, and the end of the connection without a newline."""
    return lambda connection: connection.sendall(json.dumps(value).encode())


def hangs(connection):
    """Takes the question and says nothing until the other side goes away."""
    connection.recv(1)


def dribbles(connection):
    """A byte now and then for ever, so that no single read waits long."""
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def floods(connection):
    """More than anybody wants."""
    for _ in range(64):
        connection.sendall(b" " * 65536)


@contextlib.contextmanager
def a_desk_that_asks(manner=says({})):
    """A desk with one case, and its service, which does not know the account until it is told of it."""
    place = tempfile.mkdtemp(prefix="lookup-", dir=SCRATCH)
    os.chmod(place, 0o755)
    service = Service(os.path.join(place, "lookup.sock"), manner)
    settings = f'lookup = "{service.path}"\nlookup_timeout = "2 s"\nlookup_largest = "16 KiB"\n'
    try:
        service.start()
        with a_desk(1, settings=settings) as desk:
            yield desk, service
    finally:
        shutil.rmtree(place)


def looked_up(desk, name):
    """The last word about the service."""
    return desk.json(ANA, "case", "show", name)[0]["lookup"]


@case
def the_service_is_asked_once_and_completes_the_draft():
    """The account and nothing else goes out; what the upload said stands; what was added says where it came from."""
    with a_desk_that_asks() as (desk, service):
        name = desk.cases()[0]["case"]
        until(lambda: looked_up(desk, name) == "answered", "the question")
        shown = desk.json(ANA, "case", "show", name)[0]
        asked = [json.loads(question) for question in service.questions]
        question = {"schema": "breakwater-lookup-1", "uploader_ref": shown["account"]}
        if shown.get("service") is not None:
            question["service"] = shown["service"]
        expect_equal(asked, [question], "what was asked")
        time.sleep(3)
        expect_equal(len(service.questions), 1, "questions, some rounds later")
        account = {"vehicleDescription": "a blue Kestrel"}
        service.manner = says({"account": account, "screen_name": "another-name", "secret": "of no report"})
        desk.run(CARA, "case", "lookup", name, code=64)
        desk.run(ANA, "case", "lookup", name)
        exhibit = shown["exhibits"][0]["exhibit"]
        desk.run(ANA, "exhibit", "classify", exhibit, "A1")
        desk.run(ANA, "exhibit", "annotate", exhibit)
        lint = desk.run(ANA, "report", "lint", name)
        expect("says otherwise than what came with the upload" in lint, lint)
        expect("another-name" not in lint and "of no report" not in lint, lint)
        desk.run(ANA, "report", "draft", name)
        desk.run(BEN, "report", "approve", name)
        folder = os.path.join(SCRATCH, f"export-{name}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        desk.run(BEN, "report", "export", name, "--to", folder)
        report = open(os.path.join(folder, "report.xml")).read()
        draft = json.load(open(os.path.join(folder, "draft.json")))
        shutil.rmtree(folder)
        expect("Kestrel" in report and "another-name" not in report, report)
        expect("Not given with the upload, but by the provider's account records" in report, report)
        expect(any(field.endswith("/vehicleDescription") for field in draft["lookup"]["added"]), f"{draft['lookup']}")
        kept = [os.path.join(folder, file) for folder, _, files in os.walk(os.path.join(desk.root, "lookups"))
                for file in files]
        expect(kept and all(b"Kestrel" not in open(path, "rb").read() for path in kept), "an answer lies open")


@case
def a_service_that_is_ill_is_noted_and_nothing_waits_for_it():
    """Absent, hanging, slow, too large, garbage, of another account: each is named, and the draft is made."""
    with a_desk_that_asks(hangs) as (desk, service):
        name = desk.cases()[0]["case"]
        until(lambda: looked_up(desk, name) == "timed-out", "the first question")
        manners = [
            (hangs, "timed-out"), (dribbles, "timed-out"), (floods, "too-large"),
            (lambda connection: None, "unreachable"),
            (lambda connection: connection.sendall(b"<html>\n"), "malformed"),
            (lambda connection: connection.sendall(b"[1]\n"), "malformed"),
            (lambda connection: connection.sendall(b'{"screen_name":"x"'), "malformed"),
            (lambda connection: connection.sendall(b'{"a":1,"a":1}\n'), "malformed"),
            (says({"uploader_ref": "somebody else"}), "other-account"),
        (says({"service": "Another Service", "email": "bob@mail.example"}), "other-account"),
        ]
        for service.manner, wanted in manners:
            begun = time.monotonic()
            desk.run(ANA, "case", "lookup", name, code=75)
            expect(time.monotonic() - begun < 8, f"{wanted} took too long")
        service.stop()
        desk.run(ANA, "case", "lookup", name, code=75)
        rows = [row["detail"] for row in desk.json(ANA, "case", "show", name)[0]["rows"] if row["event"] == "looked-up"]
        wanted = [word for _, word in manners] + ["unreachable"]
        expect_equal([row["outcome"] for row in rows][-len(wanted):], wanted, "what was noted")
        draft = desk.json(ANA, "case", "show", name)[0]
        desk.run(ANA, "exhibit", "classify", draft["exhibits"][0]["exhibit"], "A1")
        desk.run(ANA, "exhibit", "annotate", draft["exhibits"][0]["exhibit"])
        drafted = desk.json(ANA, "report", "draft", name)[0]["draft"]
        expect_equal(drafted["blocking"], 0, "blocking findings")


if __name__ == "__main__":
    run_cases()
