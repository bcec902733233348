"""`breakwater pdq` beside `pdqhash` from PyPI and Meta's own C++, on photographs.

    pdq.py [--count 300] [case...]

Both peers read the pixels that Pillow decoded. Meta's C++ computes the luma in the order and width that ours does, so
it gives the same bits for whatever picture. pdqhash computes it in double: on a picture whose spectrum is noise around
its median (blocks, stripes) that turns bits, on a photograph none. Needs `make tools`.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile

import numpy
import pdqhash
from PIL import Image, ImageCms

import photographs
from house import BINARIES, case, chance, expect, expect_equal, run_cases

META = os.path.join(photographs.TOOLS, "meta-pdq")
ORDER = ("original", "rotate90", "rotate180", "rotate270", "flipX", "flipY", "flipPlus1", "flipMinus1")
BATCH = 50


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    found, sys.argv[1:] = parser.parse_known_args()
    return found


def lines_of(*words):
    ran = subprocess.run(words, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    expect(ran.returncode == 0, f"{words[:2]}: {ran.returncode} {ran.stderr.decode(errors='replace')[-500:]}")
    return ran.stdout.decode().splitlines()


def text(bits):
    return f"{int(''.join(str(int(bit)) for bit in bits), 2):064x}"


def distance(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()


def as_pillow_reads(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


def beside_peers(contents, read=as_pillow_reads):
    """For each picture what we, Meta's C++ and pdqhash say: hashes by name, and qualities.

    `read` gives the pixels that the peers see.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths, pixels = [], []
        for number, content in enumerate(contents):
            path = os.path.join(folder, str(number))
            with open(path, "wb") as file:
                file.write(content)
            image = read(content)
            image.save(f"{path}.ppm")
            paths.append(path)
            pixels.append(numpy.asarray(image))
        ours = lines_of(os.path.join(BINARIES, "breakwater"), "pdq", "--json", "--orientations", *paths)
        metas = lines_of(META, "hash", *(f"{path}.ppm" for path in paths))
    for mine, meta, image in zip(map(json.loads, ours), map(str.split, metas), pixels, strict=True):
        turned, quality = pdqhash.compute_dihedral(image)
        yield mine, meta, dict(zip(ORDER, map(text, turned))), quality


def as_somebody_saves_it(image):
    """Most are JPEG, in the qualities that people use; what others decode otherwise is no matter of PDQ."""
    kind = chance.choice(["JPEG"] * 4 + ["PNG", "WEBP"])
    how = {
        "JPEG": {"quality": chance.choice([30, 60, 75, 85, 95]), "progressive": chance.random() < 0.2},
        "PNG": {},
        "WEBP": {"lossless": True, "method": 0},
    }[kind]
    return photographs.saved(image, kind, **how)


@case
def photographs_have_the_bits_that_pdqhash_and_meta_give_them():
    originals = photographs.originals()
    left, different = options.count, 0
    while left > 0:
        some = [photographs.varied(originals[(left - i) % len(originals)]) for i in range(min(BATCH, left))]
        left -= len(some)
        for mine, meta, turned, quality in beside_peers([as_somebody_saves_it(image) for image in some]):
            what = f"{mine['format']} {mine['width']} x {mine['height']}"
            expect_equal([mine["full"]["hash"], mine["full"]["quality"]], [meta[0], int(meta[1])], f"full of {what}")
            expect_equal([mine["r512"]["hash"], mine["r512"]["quality"]], [meta[2], int(meta[3])], f"r512 of {what}")
            for orientation, hash in mine["orientations"].items():
                bits = distance(hash, turned[orientation])
                different += bits > 0
                expect(bits <= 2, f"{orientation} of {what}: {bits} bits from pdqhash")
            expect(abs(mine["full"]["quality"] - quality) <= 1, f"quality of {what}")
    print(f"   {options.count} photographs: equal to Meta's in both readings; {different} of {8 * options.count} "
          "hashes differ from pdqhash's, by at most 2 bits")
    expect(different <= options.count // 20, f"{different} hashes differ from pdqhash's")


@case
def a_reading_alone_is_what_it_is_beside_the_other():
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, path in enumerate(photographs.originals()):
            paths.append(os.path.join(folder, str(number)))
            with open(paths[-1], "wb") as file:
                file.write(as_somebody_saves_it(photographs.varied(path)))
        tool = os.path.join(BINARIES, "breakwater")
        both = [json.loads(line) for line in lines_of(tool, "pdq", "--json", *paths)]
        for reading, name in (("full", "full"), ("512", "r512")):
            alone = [json.loads(line) for line in lines_of(tool, "pdq", "--json", "--reading", reading, *paths)]
            expect_equal([one[name] for one in alone], [one[name] for one in both], reading)
            expect(all({"full", "r512"} & one.keys() == {name} for one in alone), f"more than {name}")


@case
def pictures_that_only_rounding_decides_have_the_bits_of_meta():
    """Blocks and stripes: where pdqhash gives other bits, by its luma, Meta's C++ gives ours."""
    blocky = []
    for width, height in ((16, 16), (64, 64), (96, 96), (128, 128), (300, 200), (513, 300), (640, 640), (1024, 700)):
        small = Image.frombytes("RGB", (8, 8), chance.randbytes(192))
        stripes = Image.new("RGB", (width, height))
        stripes.putdata([((3 * (i % width)) & 255, (5 * (i // width)) & 255, 40) for i in range(width * height)])
        blocky += [small.resize((width, height), Image.NEAREST), stripes]
    moved = 0
    for mine, meta, turned, _ in beside_peers([photographs.saved(image, "PNG") for image in blocky]):
        expect_equal([mine["full"]["hash"], mine["r512"]["hash"]], [meta[0], meta[2]], f"{mine['width']} wide")
        moved += distance(mine["full"]["hash"], turned["original"]) > 0
    print(f"   {len(blocky)} pictures: equal to Meta's in both readings; {moved} differ from pdqhash's")


def pixels_of_forms(image):
    """The forms that other tools read wrongly, each with the pixels that a list's maker should have seen."""
    grey = image.convert("L")
    alpha = image.copy()
    alpha.putalpha(Image.linear_gradient("L").resize(image.size))
    palette = image.quantize(200)
    bilevel = image.convert("1")
    sixteen = Image.fromarray((numpy.asarray(grey).astype(numpy.uint16) << 8) | 0x5A)
    exif = image.getexif()
    exif[0x0112] = 6
    inks = photographs.saved(image.convert("CMYK"), "JPEG", quality=95)
    turned = photographs.saved(image, "JPEG", quality=90, exif=exif)
    profile = photographs.saved(image, "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    return {
        "palette PNG": (photographs.saved(palette, "PNG"), palette.convert("RGB"), 0),
        "GIF": (photographs.saved(palette, "GIF"), palette.convert("RGB"), 0),
        "alpha dropped": (photographs.saved(alpha, "PNG"), image, 0),
        "1-bit PNG": (photographs.saved(bilevel, "PNG"), bilevel.convert("RGB"), 0),
        "16-bit PNG": (photographs.saved(sixteen, "PNG"), grey.convert("RGB"), 0),
        "grey": (photographs.saved(grey, "PNG"), grey.convert("RGB"), 0),
        "EXIF orientation left alone": (turned, as_pillow_reads(turned), 0),
        "ICC profile left alone": (profile, image, 0),
        # Products of inks are rounded otherwise.
        "CMYK JPEG": (inks, as_pillow_reads(inks), 2),
        "CMYK JPEG beside what it was made of": (inks, image, 6),
    }


@case
def forms_that_others_read_wrongly_are_read_right():
    for path in photographs.originals()[:options.count // 20 or 1]:
        forms = pixels_of_forms(photographs.varied(path, 500))
        pixels = iter([pixels for _, pixels, _ in forms.values()])
        seen = beside_peers([content for content, _, _ in forms.values()], lambda _: next(pixels))
        for (what, (_, _, most)), (mine, meta, _, _) in zip(forms.items(), seen, strict=True):
            bits = distance(mine["full"]["hash"], meta[0])
            expect(bits <= most, f"{what} of {photographs.name(path)}: {bits} bits")


if __name__ == "__main__":
    options = arguments()
    run_cases()
