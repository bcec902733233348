"""What suppliers' lists are read with: `breakwater list import --dry-run` on files of every format, small and large.

Judged: the report's numbers, the exit codes, that nothing of a list's values is said, and that memory does not grow
with the list.
"""

import csv
import gzip
import hashlib
import json
import os
import subprocess

from house import DAEMON, case, deployment, expect, expect_equal, run_cases

SOURCE = """
[[list]]
name = "{name}"
file = "{file}"
class = "csam"
supplier = "Invented"
synthetic = true
{more}
"""
SMALL, LARGE = 2_000, 100_000


def invented(number):
    return hashlib.md5(b"%d" % number).hexdigest()


def digests(file, count):
    for number in range(count):
        file.write(f"{invented(number)}  name {number}\n")


def rows(file, count):
    writer = csv.writer(file)
    writer.writerow(["Id", "Hash MD5", "Category"])
    for number in range(count):
        writer.writerow([number, invented(number), "A, or \"B\""])


def project_vic(file, count):
    file.write('{"@odata.context":"x","value":[')
    for number in range(count):
        file.write(("," if number else "") + json.dumps(
            {"MediaID": number, "Category": 1, "MD5": invented(number).upper(), "MediaSize": "2048",
             "MediaFiles": [{"FileName": "a" * 100}]}))
    file.write("]}")


def hash_sharing(file, count):
    file.write('<?xml version="1.0"?><queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images>')
    for number in range(count):
        file.write(
            f'<image><member id="{number % 7}">M</member><timestamp>2026-01-01T00:00:00Z</timestamp>'
            f"<id>{number}</id><fingerprints><md5>{invented(number)}</md5><pdna>AA</pdna></fingerprints></image>\n")
    file.write("</images></queryResult>")


FORMATS = {
    "digests": (digests, 'format = "digests"'),
    "rows": (rows, 'format = "csv"\nfields = { md5 = "Hash MD5", id = "Id", classification = "Category" }'),
    "vic": (project_vic, 'format = "json"\nentries = "/value"\n'
            'fields = { md5 = "/MD5", size = "/MediaSize", id = "/MediaID" }'),
    "sharing": (hash_sharing, 'format = "ncmec"\norigin = "https://exttest.cybertip.org/hashsharing"'),
}


def add_list(house, name, more, write):
    """A further [[list]] whose packed file `write` makes; returns the bytes that it unpacks to."""
    path = os.path.join(os.path.dirname(house.list), f"{name}.gz")
    with gzip.open(path, "wt", compresslevel=1, newline="") as file:
        write(file)
        size = file.buffer.tell()
    os.chown(path, DAEMON, -1)
    text = SOURCE.format(name=name, file=path, more=more)
    house.write_config(house.read_config().replace("\n[report]", f"\n{text}\n[report]", 1))
    return size


def dry_run(house, *arguments):
    """Exit code, output, complaint, and the peak of resident memory in bytes."""
    words = [os.path.join(os.environ["BREAKWATER_BIN"], "breakwater"), "list", "import", "--config", house.config,
             "--dry-run", *arguments]
    with subprocess.Popen(house.as_daemon() + words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ran:
        out, err = ran.stdout.read().decode(), ran.stderr.read().decode()
        _, status, usage = os.wait4(ran.pid, 0)
        ran.returncode = os.waitstatus_to_exitcode(status)
    return ran.returncode, out, err, usage.ru_maxrss * 1024


@case
def memory_does_not_grow_with_the_list():
    with deployment() as house:
        for name, (write, more) in FORMATS.items():
            peaks = {}
            for count in (SMALL, LARGE):
                size = add_list(house, f"{name}{count}", more, lambda file: write(file, count))
                code, out, err, peaks[count] = dry_run(house, "--json", "--list", f"{name}{count}")
                expect_equal(code, 0, f"exit code; {err}")
                report = json.loads(out)
                expect_equal((report["read"], report["kept"]), (count, count), name)
            # The store of lists that change has a cache of 64 MiB; duplicates are remembered in less than 32 MiB.
            bound = (96 if name == "sharing" else 32) << 20
            print(f"   {name}: {size >> 20} MiB unpacked, peak {peaks[SMALL] >> 20} and {peaks[LARGE] >> 20} MiB")
            expect(peaks[LARGE] - peaks[SMALL] < bound, f"{name}: memory grew with the list: {peaks}")


@case
def a_bad_list_is_named_with_its_place_and_the_others_are_still_read():
    with deployment() as house:
        add_list(house, "bad", 'format = "digests"', lambda file: file.write("# x\n" + "0123456789" + "\n"))
        add_list(house, "good", 'format = "digests"', lambda file: digests(file, 3))
        before = os.listdir(os.path.join(house.state, "lists"))
        code, out, err, _ = dry_run(house)
        expect_equal(code, 70, f"exit code; {err}")
        expect("bad.gz: line 2" in err and "0123456789" not in err + out, f"what is said: {err}")
        expect("good: 3 entries from 3 read" in out, f"the report: {out}")
        expect_equal(os.listdir(os.path.join(house.state, "lists")), before, "nothing is installed or left")


@case
def a_list_whose_file_is_not_there_or_not_to_be_read_keeps_no_other_from_being_read():
    with deployment() as house:
        for name in ("gone", "shut", "good"):
            add_list(house, name, 'format = "digests"', lambda file: digests(file, 3))
        folder = os.path.dirname(house.list)
        os.remove(os.path.join(folder, "gone.gz"))
        os.chmod(os.path.join(folder, "shut.gz"), 0)
        code, out, err, _ = dry_run(house)
        expect_equal(code, 70, f"exit code; {err}")
        expect("gone.gz: is not there" in err and '"file" in the settings' in err, f"what is missing: {err}")
        expect("shut.gz: cannot be read by this user" in err and "let the user" in err, f"what is shut: {err}")
        expect("good: 3 entries from 3 read" in out, f"the report: {out}")


@case
def a_dry_run_that_would_read_nothing_says_so():
    with deployment() as house:
        text = house.read_config()
        house.write_config(text[:text.index("[[list]]")] + text[text.index("\n[report]"):])
        for more in ((), ("--list", "demo")):
            code, out, err, _ = dry_run(house, *more)
            expect_equal((code, out), (70, ""), f"without a list; {err}")
            expect("add a [[list]]" in err, err)


@case
def an_empty_list_that_is_not_synthetic_is_refused_as_the_build_refuses_it():
    with deployment() as house:
        add_list(house, "empty", 'format = "digests"', lambda file: file.write("# nothing yet\n"))
        house.write_config(house.read_config().replace("synthetic = true", "synthetic = false"))
        code, out, err, _ = dry_run(house, "--list", "empty")
        expect_equal((code, house.build().code), (70, 70), f"exit codes; {err}")
        expect("list empty has no entry" in err and "empty.gz is whole" in err, err)
        expect("empty: 0 entries from 0 read" in out, out)


@case
def a_missing_page_is_named_with_the_way_out():
    with deployment() as house:
        folder = os.path.join(os.path.dirname(house.list), "pages")
        os.mkdir(folder)
        for page in range(5):
            window = "from=2026-01-01T00%3A00%3A00Z&amp;to=2026-02-01T00%3A00%3A00Z"
            text = (f'<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><images count="1"><image>'
                    f'<member id="4">M</member><timestamp>2026-01-01T00:00:00Z</timestamp><id>{page}</id>'
                    f"<fingerprints><md5>{invented(page)}</md5></fingerprints></image></images>")
            if page < 4:
                text += (f"<paging><next>/v2/entries?{window}&amp;start={page * 1000 + 1001}&amp;size=1000</next>"
                         "</paging>")
            with open(os.path.join(folder, f"{page}.xml"), "w", encoding="ascii") as file:
                file.write(text + "</queryResult>")
        more = FORMATS["sharing"][1]
        text = SOURCE.format(name="paged", file=folder, more=more)
        house.write_config(house.read_config().replace("\n[report]", f"\n{text}\n[report]", 1))
        code, out, err, _ = dry_run(house, "--list", "paged")
        expect_equal(code, 0, f"all pages; {err}")
        expect("5 entries from 5 read" in out, out)
        os.remove(os.path.join(folder, "2.xml"))
        before = os.listdir(os.path.join(house.state, "lists"))
        code, out, err, _ = dry_run(house, "--list", "paged")
        expect_equal(code, 70, f"a page is missing; {out}")
        expect("1.xml" in err and "number 2001 on is missing" in err and "start=2001 " in err, err)
        expect(house.build().code != 0, "a build without a page")
        expect_equal(os.listdir(os.path.join(house.state, "lists")), before, "what is installed")


@case
def what_is_kept_out_is_said_with_its_reason_and_place():
    with deployment() as house:
        empty = hashlib.sha256(b"").hexdigest()
        add_list(house, "kept", 'format = "digests"',
                 lambda file: file.write(f"{invented(1)}\n{empty}\n{invented(1).upper()}\n"))
        code, out, _, _ = dry_run(house, "--list", "kept")
        expect_equal(code, 0, "exit code")
        expect("1 entry from 3 read, 1 duplicate" in out and "the empty file" in out and "line 2)" in out, out)
        expect(empty not in out and invented(1) not in out, "a value is in the report")


@case
def a_verb_that_is_none_is_named_with_those_that_are():
    with deployment(build=False) as house:
        ran = house.cli("list", "show")
        expect_equal(ran.code, 64, f"exit code; {ran}")
        expect('"list" has no verb show' in ran.err and "inspect, verify" in ran.err, ran.err)
        ran = house.cli("list", "inspect", "g0000000009-00000000")
        expect_equal(ran.code, 64, f"exit code; {ran}")
        expect("there is no generation g0000000009-00000000" in ran.err and "/lists holds" in ran.err, ran.err)


@case
def import_without_dry_run_is_called_wrongly():
    with deployment() as house:
        ran = house.cli("list", "import")
        expect_equal(ran.code, 64, "exit code")
        expect("list build" in ran.err, ran.err)


if __name__ == "__main__":
    run_cases()
