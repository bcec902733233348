#!/usr/bin/env python3
"""The page that a person reads before a report goes out, in a browser: on paper, on a phone, and with hostile text in it.

The context says all that its schema allows, and half of it is markup. A headless Chromium draws the page and writes down
every request that it makes; without one the cases are skipped. `--keep DIRECTORY` leaves the pictures there to be looked at.
All material is invented.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

from house import CHECKOUT, SCRATCH, Skipped, case, cases, expect, expect_equal, run_cases

from desk import ANA, BEN, a_desk

cases.clear()  # those of desk.py are run by it

CANARY = "canary.invalid"
HOSTILE = f"""<script src="https://{CANARY}/a.js">document.title="taken"</script>
<img src="https://{CANARY}/b.png" onerror="document.title='taken'"><style>@import "https://{CANARY}/c.css";</style>
</dd></dl><iframe src="https://{CANARY}/d"></iframe>&amp;\u202egnp.exe\u2066 \u00e9\U0001f426 ]]>"""
PHONE, PAPER = (390, 844), (794, 1123)
NOT_TOGETHER = ("ageAssertionDiscrepancy", "approximateAge")
KEEP = []


def filled(schema, definitions, name):
    """A value for a schema that says all that it allows."""
    if "$ref" in schema:
        return filled(definitions[schema["$ref"].split("/")[-1]], definitions, name)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        item = schema["items"]
        inner = definitions[item["$ref"].split("/")[-1]] if "$ref" in item else item
        if inner.get("maxProperties") == 1:
            return [{key: filled(value, definitions, key)} for key, value in inner["properties"].items()]
        return [filled(item, definitions, name)]
    if schema.get("type") == "object":
        # Of a newer schema than reports are written by, and one of two that exclude each other.
        members = [pair for pair in schema["properties"].items() if pair[0] not in NOT_TOGETHER]
        chosen = members[:1] if schema.get("maxProperties") == 1 else members
        return {key: filled(value, definitions, key) for key, value in chosen}
    for choice in schema.get("anyOf", []) + schema.get("oneOf", []):
        if "format" not in choice:
            return filled(choice, definitions, name)
    return scalar(schema, name)


def scalar(schema, name):
    """A text or number of the form that is asked for; where the form is free, a hostile one."""
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    formats = {"date-time": "2026-01-02T08:58:00Z", "date": "2001-05-06", "email": "kestrel@mail.example",
               "uri": f"https://{CANARY}/albums/17?a=1&b=<2>"}
    if schema.get("format") in formats:
        return formats[schema["format"]].replace("<2>", "%3C2%3E")
    if "anyOf" in schema:
        return "2001:db8::17"
    if "pattern" in schema:
        return {"^[A-Z]{2}$": "NL", "^\\+[0-9]{1,3}$": "+31"}.get(schema["pattern"], "7")
    if name == "state":
        return "CA"
    text = f"{name}: {HOSTILE}"
    longest = schema.get("maxLength", 2000)
    while len(text.encode("utf-16-le")) // 2 > longest:
        text = text[:-1]
    return text


def maximal_context(path):
    """Writes a context that says something in every member, as far as 64 KiB go."""
    with open(os.path.join(CHECKOUT, "docs", "formats", "context.schema.json")) as file:
        schema = json.load(file)
    value = {key: filled(member, schema["$defs"], key) for key, member in schema["properties"].items()}
    value["uploader_ref"] = "account-<b>4711</b>"
    value["ip"], value["port"] = "198.51.100.17", 50123
    value["uploaded_at"] = "2026-01-03T10:00:00Z"
    text = json.dumps(value)
    expect(len(text) <= 64 * 1024, f"the context has {len(text)} bytes")
    with open(path, "w") as file:
        file.write(text)


def a_browser():
    """The command of a Chromium that runs without a window."""
    for name in ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    raise Skipped("no chromium is installed")


def browse(browser, page, scratch, *words):
    """Opens a page; what it wrote to standard output, and the URL of every request that it made."""
    log = os.path.join(scratch, "net.json")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
               "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars",
               f"--user-data-dir={scratch}/profile", f"--log-net-log={log}", "--host-resolver-rules=MAP * ~NOTFOUND",
               *words, f"file://{page}"]
    done = subprocess.run(command, capture_output=True, timeout=180)
    expect_equal(done.returncode, 0, done.stderr.decode()[-2000:])
    with open(log) as file:
        text = file.read()
    try:
        events = json.loads(text)["events"]
    except json.JSONDecodeError:  # a browser that ends at once leaves the list open
        events = json.loads(text.rstrip().rstrip(",") + "]}")["events"]
    urls = {event["params"]["url"] for event in events if "url" in event.get("params", {})}
    return done.stdout, urls


def pictures(browser, page, scratch):
    """The page as a phone shows it and as a printer prints it; no request but for the page itself."""
    asked = set()
    for name, (width, height) in (("phone", PHONE), ("wide", PAPER)):
        target = os.path.join(scratch, f"{name}.png")
        _, urls = browse(browser, page, scratch, f"--screenshot={target}", f"--window-size={width},{4 * height}")
        asked |= urls
        expect(os.path.getsize(target) > 20000, f"{name}.png shows next to nothing")
    target = os.path.join(scratch, "paper.pdf")
    _, urls = browse(browser, page, scratch, f"--print-to-pdf={target}", "--no-pdf-header-footer")
    with open(target, "rb") as file:
        expect(file.read(5) == b"%PDF-", "nothing was printed")
    return asked | urls


def foreign(urls):
    """The requests that go out, without those that the browser makes of its own accord to its maker."""
    own = ("file:", "data:", "chrome:", "chrome-extension:", "about:", "devtools:", "blob:")
    outward = {url for url in urls if url and not url.startswith(own)}
    return {url for url in outward if not urllib.parse.urlsplit(url).hostname.endswith((".google.com", ".googleapis.com"))}


def control(browser, scratch):
    """The requests of a page that does ask for a picture elsewhere."""
    page = os.path.join(scratch, "control.html")
    with open(page, "w") as file:
        file.write(f'<!DOCTYPE html><title>control</title><img src="https://{CANARY}/b.png">')
    return browse(browser, page, scratch, "--dump-dom")[1]


def overflow(browser, page, scratch):
    """How much wider than a phone the page's widest part is: a frame of a phone's width tells, in a page of ours."""
    outer = os.path.join(scratch, "outer.html")
    with open(outer, "w") as file:
        file.write(f"""<!DOCTYPE html><title>outer</title><iframe id=f width={PHONE[0]} height=600 src="file://{page}"
            onload="let d = document.getElementById('f').contentDocument.documentElement;
                    document.title = 'overflow ' + (d.scrollWidth - d.clientWidth)"></iframe>""")
    said, _ = browse(browser, outer, scratch, "--allow-file-access-from-files", "--dump-dom")
    return int(said.decode().split("<title>overflow ")[1].split("<")[0])


@case
def the_summary_is_read_on_paper_and_on_a_phone():
    """Everything that a context can say, hostile text in most of it: drawn, printed, no request, no script, no overflow."""
    browser = a_browser()
    scratch = tempfile.mkdtemp(prefix="summary-", dir=SCRATCH)
    try:
        context = os.path.join(scratch, "context.json")
        maximal_context(context)
        page = os.path.join(exported(context, scratch), "summary.html")
        requests = pictures(browser, page, scratch)
        for directory in KEEP:
            shutil.copytree(scratch, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("profile"))
        others = foreign(requests)
        expect(not others, f"the page asked for {sorted(others)}")
        expect(CANARY in str(foreign(control(browser, scratch))), "a page that asks for something is not noticed")
        dom, _ = browse(browser, page, scratch, "--dump-dom")
        dom = dom.decode()
        expect("<title>Draft report</title>" in dom, "a script of the text ran")
        for element in ("<script", "<img", "<iframe", "<link", "<object", "<svg", " onerror=", " onload="):
            outside = dom.replace("&lt;", "").lower()
            expect(element not in outside or element.startswith(" on"), f"the page holds {element}")
        expect(CANARY in dom and "&lt;script" in dom, "the hostile text is not shown")
        expect("\u202e" not in dom and "\\u{202E}" in dom, "text that turns is not spelled out")
        expect_equal(overflow(browser, page, scratch), 0, "pixels beyond a phone's width")
    finally:
        shutil.rmtree(scratch)


def exported(context, scratch):
    """The documents of an approved report with everything in it, in a directory."""
    folder = os.path.join(scratch, "export")
    os.chmod(scratch, 0o777)
    with a_desk(1, contexts=[context]) as desk:
        name = desk.cases()[0]["case"]
        chat = os.path.join(scratch, "chat &lt;i&gt; <i>log.txt")
        with open(chat, "w") as file:
            file.write("an invented chat\n")
        desk.run(ANA, "exhibit", "attach", name, chat)
        desk.run(ANA, "case", "escalate", name, "--reason", f"a child may be at risk tonight {HOSTILE}")
        for one in desk.json(ANA, "case", "show", name)[0]["exhibits"]:
            desk.run(ANA, "exhibit", "classify", one["exhibit"], "A1")
            desk.run(ANA, "exhibit", "annotate", one["exhibit"], "viral")
        desk.run(ANA, "report", "draft", name)
        desk.run(BEN, "report", "approve", name)
        desk.run(BEN, "report", "export", name, "--to", folder)
    return folder


if __name__ == "__main__":
    if "--keep" in sys.argv:
        at = sys.argv.index("--keep")
        KEEP.append(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    run_cases()
