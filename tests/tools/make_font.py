"""Makes the fixed-width font that the ESC/P interpreter measures with.

escapy takes its pitch from the font's own advance. This writes a copy of DejaVu Sans Mono whose
advance makes 10 cpi come out as exactly 7.2 points at escapy's size of 10.5.

usage: make_font.py SOURCE.ttf DESTINATION.ttf
"""

import sys

from fontTools.ttLib import TTFont

ADVANCE_POINTS = 7.2
ESCAPY_SIZE_POINTS = 10.5
FAMILY_NAME_IDS = (1, 3, 4, 6)
NAME = "LabMono"


def main(source, destination):
    font = TTFont(source)
    advance = round(font["head"].unitsPerEm * ADVANCE_POINTS / ESCAPY_SIZE_POINTS)
    metrics = font["hmtx"].metrics
    for glyph, (width, bearing) in list(metrics.items()):
        metrics[glyph] = (advance if width else 0, bearing)
    font["hhea"].advanceWidthMax = advance
    font["OS/2"].xAvgCharWidth = advance
    for record in font["name"].names:
        if record.nameID in FAMILY_NAME_IDS:
            record.string = NAME
    font.save(destination)


if __name__ == "__main__":
    main(*sys.argv[1:])
