#!/usr/bin/env python3
"""Writes the sample pictures beside this file: one gradient in every way that the decoders must read.

The gradient is 61 x 47: red grows to the right, green downwards, blue is 200 where (x + y) % 32 < 16, else 40.
Needs Pillow; the samples are kept in the tree, so tests do not.
"""

import io
import pathlib
import struct
import zlib

from PIL import Image

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 61, 47


def rgb(x, y):
    return x * 4, y * 5, 200 if (x + y) % 32 < 16 else 40


def picture(mode, pixel):
    image = Image.new(mode, (WIDTH, HEIGHT))
    image.putdata([pixel(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image


def grey(x, y):
    return x * 4


def save(name, image, **how):
    image.save(HERE / name, **how)


# PNG by hand: Pillow writes neither interlaced pictures nor every depth.

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", value) for value in samples)
    bits = "".join(format(value, f"0{depth}b") for value in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def png(name, kind, depth, pixel, interlaced=False, extra=b"", width=WIDTH, height=HEIGHT):
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    lines = []
    for left, top, across, down in passes:
        for y in range(top, height, down):
            row = [value for x in range(left, width, across) for value in pixel(x, y)]
            if row:
                lines.append(b"\0" + packed(row, depth))
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) + chunk(b"IEND")
    (HERE / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def pngs():
    png("rgb8.png", 2, 8, rgb)
    png("rgb16.png", 2, 16, lambda x, y: [value << 8 | 0x99 for value in rgb(x, y)])
    png("grey1.png", 0, 1, lambda x, y: [(x // 4 + y // 4) % 2])
    png("grey2.png", 0, 2, lambda x, y: [(x // 4) % 4])
    png("grey8.png", 0, 8, lambda x, y: [grey(x, y)])
    png("grey16.png", 0, 16, lambda x, y: [grey(x, y) << 8 | 0x99])
    png("grey-alpha.png", 4, 8, lambda x, y: [grey(x, y), x * 4])
    png("rgb-alpha.png", 6, 8, lambda x, y: [*rgb(x, y), 255 if y % 2 else 0])
    palette = chunk(b"PLTE", bytes(value for index in range(61) for value in (index * 4, 255 - index * 4, 7)))
    png("palette8.png", 3, 8, lambda x, y: [x], extra=palette)
    png("palette-alpha.png", 3, 8, lambda x, y: [x], extra=palette + chunk(b"tRNS", bytes(range(61))))
    png("palette1.png", 3, 1, lambda x, y: [x % 2], extra=chunk(b"PLTE", bytes([9, 8, 7, 200, 100, 50])))
    png("interlaced.png", 2, 8, rgb, interlaced=True)
    png("interlaced-grey.png", 0, 8, lambda x, y: [grey(x, y)], interlaced=True)
    png("narrow.png", 2, 8, rgb, width=4, height=40)
    # As wide as it gets for few bytes: the decoder must say no to the header.
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(150_001))
    (HERE / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND")
    )


# JPEG


def wide(name, width):
    """What the hasher keeps of a row is many times the row."""
    header = struct.pack(">IIBBBBB", width, 40, 1, 0, 0, 0, 0)
    row = (b"\x0f\xf0\x33" * width)[: width // 8]
    lines = zlib.compress((b"\0" + row) * 40, 9)
    (HERE / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND")
    )


def jpeg(image, **how):
    into = io.BytesIO()
    image.save(into, "JPEG", **how)
    return into.getvalue()


def without(data, marker):
    """The file without the first segment of one kind."""
    at = data.index(bytes([0xFF, marker]))
    length = struct.unpack(">H", data[at + 2 : at + 4])[0]
    return data[:at] + data[at + 2 + length :]


def smooth(x, y):
    return x * 4, y * 5, 128


def inked(x, y):
    """Cyan, magenta, yellow, black as ink, 255 for full."""
    return 255 - x * 4, 255 - y * 5, 127, 40


def ycc(red, green, blue):
    return (
        0.299 * red + 0.587 * green + 0.114 * blue,
        128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
        128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
    )


def ycck(x, y):
    """The bands of a CMYK picture that Pillow stores so that they are YCCK."""
    cyan, magenta, yellow, black = inked(x, y)
    light = [round(value) for value in ycc(cyan, magenta, yellow)]
    return tuple(255 - max(0, min(255, value)) for value in [*light, 255 - black])


def jpegs():
    colours = picture("RGB", smooth)
    save("colour.jpg", colours, quality=95, subsampling=0)
    save("subsampled.jpg", colours, quality=90, subsampling=2)
    save("progressive.jpg", colours, quality=90, progressive=True)
    save("tall-progressive.jpg", colours.resize((16, 600)), quality=50, progressive=True)
    save("tall.jpg", colours.resize((16, 600)), quality=50)
    save("grey.jpg", picture("L", grey), quality=95)
    inks = jpeg(picture("CMYK", inked), quality=95)
    (HERE / "cmyk-adobe.jpg").write_bytes(inks)
    (HERE / "cmyk-unmarked.jpg").write_bytes(without(inks, 0xEE))
    stored = bytearray(jpeg(picture("CMYK", ycck), quality=97))
    stored[stored.index(b"Adobe") + 11] = 2
    (HERE / "ycck.jpg").write_bytes(stored)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("turned.jpg", colours, quality=95, subsampling=0, exif=exif)


# GIF by hand: every frame as it is wanted, its codes never longer than at the start.


def codes(pixels, depth):
    bits, clear = [], 1 << depth
    for index, pixel in enumerate(pixels):
        if index % (clear - 2) == 0:
            bits.append(clear)
        bits.append(pixel)
    bits.append(clear + 1)
    text = "".join(format(code, f"0{depth + 1}b")[::-1] for code in bits)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i : i + 8][::-1], 2) for i in range(0, len(text), 8))


def frame(left, top, width, height, pixel, depth=6, interlaced=False, transparent=None, disposal=0):
    rows = list(range(height))
    if interlaced:
        rows = [y for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, height, step)]
    data = codes([pixel(x, y) for y in rows for x in range(width)], depth)
    blocks = b"".join(bytes([len(data[i : i + 255])]) + data[i : i + 255] for i in range(0, len(data), 255))
    flags = disposal << 2 | (transparent is not None)
    control = b"\x21\xf9\x04" + bytes([flags, 10, 0, transparent or 0, 0])
    place = b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0x40 if interlaced else 0)
    return control + place + bytes([depth]) + blocks + b"\0"


def gif(name, *frames, screen=(WIDTH, HEIGHT)):
    palette = bytes(value for index in range(64) for value in (index * 4, 255 - index * 4, 7))
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0xF5, 0, 0) + palette
    (HERE / name).write_bytes(head + b"".join(frames) + b";")


def gifs():
    whole = (0, 0, WIDTH, HEIGHT, lambda x, y: x)
    gif("still.gif", frame(*whole))
    gif("interlaced.gif", frame(0, 0, WIDTH, HEIGHT, lambda x, y: y, interlaced=True))
    gif("transparent.gif", frame(*whole, transparent=9))
    gif("small-frame.gif", frame(10, 20, 5, 6, lambda x, y: 63))
    gif("small-screen.gif", frame(*whole), screen=(3, 3))
    gif("large-screen.gif", frame(*whole), screen=(65_535, 65_535))
    gif(
        "disposals.gif",
        frame(*whole, disposal=1),
        frame(0, 0, 20, 20, lambda x, y: 63, disposal=3),
        frame(30, 0, 20, 20, lambda x, y: 60 if x % 2 else 5, transparent=5, disposal=2),
        frame(50, 40, 1, 1, lambda x, y: 62),
    )
    gif("twenty.gif", *(frame(0, 0, 8, 8, lambda x, y, n=n: n) for n in range(20)), screen=(8, 8))


def webps():
    colours = picture("RGB", smooth)
    save("lossy.webp", colours, quality=95)
    save("lossless.webp", picture("RGB", rgb), lossless=True)
    save("alpha.webp", picture("RGBA", lambda x, y: (*rgb(x, y), 255 if y % 2 else 0)), lossless=True, exact=True)
    frames = [Image.new("RGB", (32, 24), (index * 20, 0, 255 - index * 20)) for index in range(12)]
    save("twelve.webp", frames[0], save_all=True, append_images=frames[1:], duration=50, lossless=True)


pngs()
wide("wide.png", 1_000_000)
wide("half-wide.png", 500_000)
jpegs()
gifs()
webps()
