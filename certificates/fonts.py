"""The fonts of a certificate: never the system's.

A static TrueType face is drawn quicker and embedded smaller than the OpenType file it comes from (`docs/decisions/0005`), so the
common characters are turned into one once, at set-up, into the data folder. Rare characters (names!) fall back to the full file
in the locked dependency, which is the same design.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pylopdf_fonts_zh_cn
from django.conf import settings

# Raise it when `prepare` makes something else, and every data folder makes its font anew.
RECIPE = 1
ERROR_IN_UNITS = 1.0  # how far a quadratic curve may be from the cubic one it replaces, in thousandths of the character's size


def common() -> Path:
    """Where the prepared face is, or will be."""
    return settings.DATA_DIR / "fonts" / f"certificate-{RECIPE}.ttf"


def full_sans() -> Path:
    return pylopdf_fonts_zh_cn.sans_path()


def full_serif() -> Path:
    return pylopdf_fonts_zh_cn.serif_path()


def common_characters() -> set[int]:
    """GB 2312 (the 6,763 characters of everyday Chinese, with its punctuation), Latin with accents, dashes and quotes."""
    found = set(range(0x20, 0x180)) | set(range(0x2000, 0x2070)) | {0x20AC, 0x2116, 0x2122}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def prepare() -> float | None:
    """Make the common face if it is not there. Returns the seconds it took, None if there was nothing to do."""
    target = common()
    if target.exists():
        return None
    started = time.perf_counter()
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}.part")
    try:
        _make(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return time.perf_counter() - started


def _make(target: Path) -> None:
    # Two seconds of imports that no page needs.
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont, newTable

    font = TTFont(full_sans())
    options = Options()
    options.layout_features = ["kern", "liga", "ccmp", "locl", "mark", "mkmk"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=common_characters())
    subsetter.subset(font)

    order = font.getGlyphOrder()
    outlines = font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, ERROR_IN_UNITS, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    del font["CFF "]
    for name, glyph in glyphs.items():
        glyph.recalcBounds(glyf)
        width, _bearing = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    for field in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions",
        "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours", "maxComponentDepth",
    ):  # fmt: skip
        setattr(profile, field, 0)
    profile.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"
    font.save(target)
