"""Photographs for tests and benchmarks, made from those that other people's packages carry; none is in this tree.

`make tools` puts the packages under .build-tools/: scikit-image's samples and Debian's mate-backgrounds.
"""

import functools
import glob
import io
import os

from PIL import Image, ImageEnhance, ImageOps

from house import CHECKOUT, chance, expect

TOOLS = os.path.join(CHECKOUT, ".build-tools")
PLACES = (
    "venv/lib/python3*/site-packages/skimage/data/*.png",
    "venv/lib/python3*/site-packages/skimage/data/*.jpg",
    "photographs/usr/share/backgrounds/mate/nature/*.jpg",
)
# Drawings, text, masks, and the second half of a stereo pair.
NO_PHOTOGRAPHS = {
    "chessboard_GRAY", "chessboard_RGB", "clock_motion", "color", "horse", "logo", "microaneurysms", "motorcycle_right",
    "page", "phantom", "text",
}


def name(path):
    return os.path.splitext(os.path.basename(path))[0]


@functools.cache
def originals():
    """Paths of some two dozen photographs, sorted by name."""
    found = [path for place in PLACES for path in glob.glob(os.path.join(TOOLS, place))]
    found = sorted((path for path in found if name(path) not in NO_PHOTOGRAPHS), key=name)
    expect(len(found) >= 20, f"only {len(found)} photographs under {TOOLS}; run `make tools`")
    return found


@functools.cache
def opened(path):
    return Image.open(path).convert("RGB")


def varied(path, longest=1600):
    """A part of the photograph, at least a third of each side, in another size, light and colour, perhaps mirrored."""
    image = opened(path)
    width, height = (chance.randint(side // 3, side) for side in image.size)
    left, top = chance.randint(0, image.width - width), chance.randint(0, image.height - height)
    part = image.crop((left, top, left + width, top + height))
    scale = chance.uniform(200, longest) / max(width, height)
    part = part.resize((max(64, round(width * scale)), max(64, round(height * scale))), Image.LANCZOS)
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        part = change(part).enhance(chance.uniform(0.7, 1.3))
    return ImageOps.mirror(part) if chance.random() < 0.5 else part


def saved(image, kind="JPEG", **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()
