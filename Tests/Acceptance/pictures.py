"""Pictures by their perceptual hashes, through the daemon and its caged decoders.

    pictures.py [--photographs 100] [case...]

Judged: a listed picture is found again after it was resaved, scaled, mirrored or converted; another one is released;
and one that could not be compared is neither released nor called a match. Pictures are drawn here, or made from
photographs of other people's packages; needs `make tools`.
"""

import argparse
import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

from PIL import Image, ImageDraw, ImageFilter, ImageOps

import photographs
from house import (
    BINARIES, Skipped, case, chance, deployment, expect, expect_equal, needs_root, never, run_cases, sha256, until)
from photographs import saved

PDQ = {("list", "format"): '"pdq"', ("scan", "sweep"): '"1 s"'}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photographs", type=int, default=100)
    found, sys.argv[1:] = parser.parse_known_args()
    return found


def drawn(width=900, height=600):
    """A picture with edges and slopes of all sizes, like no other of the run."""
    image = Image.new("RGB", (width, height), tuple(chance.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(120):
        left, top = chance.randrange(-100, width), chance.randrange(-100, height)
        box = [left, top, left + chance.randrange(20, 400), top + chance.randrange(20, 400)]
        shape = chance.choice([pen.ellipse, pen.rectangle])
        shape(box, fill=tuple(chance.randrange(256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(2))


def hashed(house, *contents, words=()):
    """What `breakwater pdq` says of pictures."""
    paths = []
    for number, content in enumerate(contents):
        paths.append(os.path.join(house.root, f"picture-{number}"))
        with open(paths[-1], "wb") as file:
            file.write(content)
        os.chmod(paths[-1], 0o644)
    ran = house.cli("pdq", *paths, "--json", *words, config=False)
    expect(ran.code == 0, f"pdq: {ran}")
    return [json.loads(line) for line in ran.out.splitlines()]


def start_with(house, *pictures):
    """Lists the pictures' hashes and starts the daemon."""
    house.list_and_build([one["full"]["hash"] for one in hashed(house, *pictures)])
    house.start()
    until(lambda: house.metric("breakwater_decoder_starts_total") >= 1, "a decoder")


def exhibits(house, ways):
    """What the bundles say of the uploads that were handed over as `ways`, by name."""
    names = {sha256(content): name for name, content in ways.items()}
    found = {}
    for bundle in house.bundles():
        with open(os.path.join(bundle, "data", "exhibit.json"), "rb") as file:
            exhibit = json.load(file)
        found[names[exhibit["digests"]["at_match"]["sha256"]]] = exhibit
    return found


@case
def a_listed_picture_is_found_however_it_was_saved_again():
    with deployment(listed=0, settings=PDQ) as house:
        image = drawn()
        original = saved(image, quality=90)
        start_with(house, original)
        listed = hashed(house, original)[0]["full"]["hash"]
        exif = image.getexif()
        exif[0x0112] = 6
        ways = {
            "same.jpg": original,
            "poor.jpg": saved(image, quality=30),
            "half.jpg": saved(image.resize((450, 300), Image.LANCZOS), quality=85),
            "mirrored.jpg": saved(ImageOps.mirror(image), quality=85),
            "turned-by-exif.jpg": saved(image, quality=85, exif=exif),
            "turned.jpg": saved(image.transpose(Image.ROTATE_90), quality=85),
            "progressive.jpg": saved(image, quality=80, progressive=True),
            "converted.png": saved(image, "PNG"),
            "converted.gif": saved(image, "GIF"),
            "converted.webp": saved(image, "WEBP", quality=80),
            "truncated.jpg": original[: len(original) * 9 // 10],
        }
        for name, content in ways.items():
            house.hand_over(name, content, is_listed=True)
        house.await_bundles(len(ways))
        house.judge()
        found = exhibits(house, ways)
        expect_equal(sorted(found), sorted(ways), "names of the bundles' uploads")
        for name, exhibit in found.items():
            match = exhibit["matches"][0]
            expect_equal(match["grade"], "g4", f"grade of {name}")
            turned = {"mirrored.jpg": "flipY", "turned.jpg": "rotate270"}
            expect_equal(match["orientation"], turned.get(name, "original"), f"orientation of {name}")
            hash = hashed(house, ways[name], words=["--orientations"])[0]["orientations"][match["orientation"]]
            # Of the full reading; another one may be nearer.
            bits = (int(hash, 16) ^ int(listed, 16)).bit_count()
            expect(match["distance"] <= min(bits, 31), f"{name}: {match['distance']} bits, and {bits} of the full reading")
        expect_equal(found["same.jpg"]["matches"][0]["distance"], 0, "distance of the same picture")
        expect(found["truncated.jpg"]["perceptual"]["truncated"], "the truncated picture is not marked")
        expect_equal(house.drafts(), [], "drafts, which near matches make only after a person looked")
        house.check_spool()


@case
def pictures_that_are_not_listed_are_released():
    with deployment(listed=0, settings=PDQ) as house:
        start_with(house, saved(drawn(), quality=90))
        for number in range(60):
            kind = chance.choice(["JPEG", "PNG", "WEBP", "GIF"])
            house.hand_over(f"{number}", saved(drawn(chance.randrange(40, 500), chance.randrange(40, 500)), kind))
        house.hand_over("flat.png", saved(Image.new("RGB", (300, 200), (9, 9, 9)), "PNG"))
        house.hand_over("text", b"no picture at all")
        house.judge()
        expect_equal(house.bundles(), [], "bundles")
        until(
            lambda: house.metric("breakwater_decoder_pictures_total", outcome="whole") == 61,
            "61 decoded pictures in the metrics")


@case
def photographs_are_not_taken_for_others():
    """Parts of half of the photographs are listed, parts of the other half are uploaded."""
    originals = photographs.originals()
    with deployment(listed=0, settings=PDQ) as house:
        start_with(house, *(saved(photographs.varied(path, 600)) for path in originals[::2]
                           for _ in range(max(3, options.photographs // 100))))
        for number in range(options.photographs):
            path = chance.choice(originals[1::2])
            house.hand_over(f"{number}.jpg", saved(photographs.varied(path, 600), quality=chance.randint(30, 95)))
        house.judge(seconds=60 + options.photographs)
        expect_equal(house.bundles(), [], "bundles")
        released = house.metric("breakwater_uploads_total", verdict="released")
        expect_equal(released, options.photographs, "released photographs")


@case
def a_picture_that_cannot_be_decoded_is_held_and_no_order_releases_it():
    with deployment(listed=0, settings=PDQ | {("decoder", "pixels"): "1000000"}) as house:
        start_with(house, saved(drawn(), quality=90))
        reasons = {
            "rubbish.jpg": (b"\xff\xd8\xff" + chance.randbytes(5_000), "undecodable"),
            "huge.png": (saved(Image.new("L", (1001, 1000)), "PNG"), "picture-too-large"),
        }
        for name, (content, _) in reasons.items():
            house.hand_over(name, content)
        held = house.await_held(2)
        expect_equal(sorted(one["reason"] for one in held), sorted(why for _, why in reasons.values()), "reasons")
        for one in held:
            said = house.cli("held", "release", one["id"], "--reason", "looked at it")
            expect(said.code != 0 and "never released" in said.out, f"release: {said}")
        expect_equal(house.files("released"), [], "released")
        house.check_spool()


@case
def without_a_decoder_pictures_are_held_and_all_else_goes_on():
    settings = PDQ | {("decoder", "program"): '"/nonexistent/breakwater-decoder"'}
    with deployment(listed=0, settings=settings) as house:
        house.list_and_build([hashed(house, saved(drawn(), quality=90))[0]["full"]["hash"]])
        house.start()
        house.hand_over("picture.jpg", saved(drawn(), quality=90))
        house.hand_over("text", b"no picture")
        house.await_released("text")
        held = house.await_held(1)
        expect_equal([one["reason"] for one in held], ["no-decoder"], "reasons")
        ready, text = house.ready()
        expect(ready and "pictures are held, not compared" in text, f"/-/ready: {text}")
        house.check_spool()


def children_of(process):
    """Its processes; each belongs to the thread that started it."""
    found = []
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/children") as file:
            found += file.read().split()
    return found


@contextlib.contextmanager
def failing_reads(house, first):
    """Every read of the decoders' from their `first` on is an input/output error."""
    workers = children_of(house.daemon.pid)
    inject = ["-e", "trace=pread64", "-e", f"inject=pread64:error=EIO:when={first}+"]
    tracers = [
        subprocess.Popen(["strace", "-qq", "-p", worker, "-o", "/dev/null", *inject]) for worker in workers]
    try:
        until(lambda: all("TracerPid:\t0" not in status(worker) for worker in workers), "the tracers")
        yield
    finally:
        for tracer in tracers:
            tracer.terminate()
            tracer.wait()


def status(process):
    with open(f"/proc/{process}/status") as file:
        return file.read()


@case
def a_picture_that_the_decoder_cannot_read_is_neither_released_nor_cut_short():
    """With the decoder of the unit tests, which has no cage: the shipped one's does not let strace change a call."""
    needs_root()
    if shutil.which("strace") is None or not os.path.exists(os.path.join(BINARIES, "decoder-bare")):
        raise Skipped("needs strace and the tests' programs")
    program = shutil.copy(os.path.join(BINARIES, "decoder-bare"), tempfile.mkdtemp(prefix="bw-bare-", dir="/var/tmp"))
    os.chmod(os.path.dirname(program), 0o755)
    atexit.register(shutil.rmtree, os.path.dirname(program))
    settings = {("decoder", "program"): f'"{program}"\nrequire_sandbox = false'}
    with deployment(listed=0, settings=PDQ | settings) as house:
        # Longer than what is read at a time, and listed as a whole.
        listed = saved(Image.blend(drawn(), Image.effect_noise((900, 600), 90).convert("RGB"), 0.1), "PNG")
        expect(len(listed) > 3 * 65_536, f"only {len(listed)} bytes")
        start_with(house, listed)
        with failing_reads(house, first=4):
            house.hand_over("listed.png", listed, is_listed=True)
            until(lambda: house.metric("breakwater_decoder_pictures_total", outcome="unread") >= 1, "a failed read")
            never(lambda: house.files("released") or house.files("held"), 2, "an unread picture has a verdict")
        house.await_bundles(1)
        house.judge()
        expect_equal(house.metric("breakwater_decoder_pictures_total", outcome="truncated"), 0, "truncated pictures")
        house.check_spool()


@case
def digests_and_hashes_are_compared_side_by_side():
    """A listed digest in a picture's list costs nothing; all other uploads are compared by both."""
    with deployment(listed=0, settings=PDQ) as house:
        near, far = saved(drawn(), quality=90), saved(drawn(), quality=90)
        start_with(house, near)
        house.hand_over("near.jpg", near, is_listed=True)
        house.hand_over("far.jpg", far)
        house.await_bundles(1)
        house.judge()
        exhibit = exhibits(house, {"near.jpg": near})["near.jpg"]
        expect_equal(sorted(exhibit["digests"]["at_match"]), ["bytes", "md5", "sha1", "sha256"], "digests")
        readings = {one["reading"] for one in exhibit["perceptual"]["hashes"]}
        expect_equal(readings & {"full", "r512"}, {"full", "r512"}, "readings in the bundle")
        orientations = {one["orientation"] for one in exhibit["perceptual"]["hashes"]}
        expect_equal(len(orientations), 8, "orientations in the bundle")


if __name__ == "__main__":
    options = arguments()
    run_cases()
