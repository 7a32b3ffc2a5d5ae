"""Small PDFs such as people upload: a stamped letter, an issued plan. Written directly, since a scan is not a document of the portal's own.

The text is set in a font that the reader's machine supplies (Adobe-GB1, by predefined map); every page says that it is demonstration data.
"""

import io
import textwrap
from collections.abc import Sequence

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw

A4 = (595, 842)
LEFT, TOP, SIZE, LEADING = 85, 730, 16, 29
LINE = 26  # characters
NOTICE = "演示数据——非真实公文，不代表任何遴选结果"
SCAN_DPI, POINTS, ASKEW = 150, 72, 0.7  # dots per inch, points per inch, degrees
SEAL_PLACE = (0.66, 0.87, 0.1)  # of the page's width, height and width: over name and date, clear of the code at the foot
ROUND_CORNER = 0.5523  # how far the handles of four Bézier curves stand out to make a circle


def page(*, title: str, paragraphs: Sequence[str], signed: str, dated: str) -> bytes:
    """One A4 page with a title, paragraphs, signature, date and a drawn seal. The same words give the same bytes."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=A4)
    sheet = pdf.pages[0]
    sheet.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.make_indirect(_font(pdf))))
    sheet.obj.Contents = pdf.make_stream("\n".join(_drawn(title, paragraphs, signed, dated)).encode())
    target = io.BytesIO()
    pdf.save(target, deterministic_id=True)
    return target.getvalue()


def scanned(pdf: bytes) -> bytes:
    """JPEG of the first page of a PDF as it comes back from the registry: printed, stamped, laid a little askew on the scanner."""
    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[0].render(scale=SCAN_DPI / POINTS).to_pil().convert("RGB")
    stamp = ImageDraw.Draw(sheet)
    x, y, radius = (share * side for share, side in zip(SEAL_PLACE, (sheet.width, sheet.height, sheet.width), strict=True))
    stamp.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(204, 26, 26), width=6)
    target = io.BytesIO()
    sheet.rotate(ASKEW, resample=Image.Resampling.BILINEAR, fillcolor=(255, 255, 255)).save(target, "JPEG", quality=70)
    return target.getvalue()


def _drawn(title: str, paragraphs: Sequence[str], signed: str, dated: str) -> list[str]:
    lines = [line for paragraph in paragraphs for line in textwrap.wrap(f"　　{paragraph}", LINE, drop_whitespace=False)]
    end = TOP - LEADING * (len(lines) + 2)
    right = LEFT + SIZE * (LINE - len(signed))
    return [
        _text(NOTICE, x=LEFT, y=800, size=10),
        _text(title, x=max(LEFT, (A4[0] - 20 * len(title)) / 2), y=TOP + 2 * LEADING - 14, size=20),
        *(_text(line, x=LEFT, y=TOP - LEADING * number, size=SIZE) for number, line in enumerate(lines)),
        _text(signed, x=right, y=end, size=SIZE),
        _text(dated, x=right, y=end - LEADING, size=SIZE),
        *_seal(x=right + 80, y=end - 6, radius=55),
        _text(NOTICE, x=LEFT, y=40, size=10),
    ]


def _text(text: str, *, x: float, y: float, size: int) -> str:
    return f"BT /F {size} Tf {x:.1f} {y:.1f} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _seal(*, x: float, y: float, radius: float) -> list[str]:
    handle = radius * ROUND_CORNER
    quarters = [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)]
    curves = [
        f"{x + radius * a + handle * c:.2f} {y + radius * b + handle * d:.2f} "
        f"{x + radius * c + handle * a:.2f} {y + radius * d + handle * b:.2f} {x + radius * c:.2f} {y + radius * d:.2f} c"
        for a, b, c, d in quarters
    ]
    return [
        "q 0.8 0.1 0.1 RG 0.8 0.1 0.1 rg 3 w",
        f"{x + radius:.2f} {y:.2f} m",
        *curves,
        "S",
        _text("演示", x=x - 16, y=y - 6, size=SIZE),
        "Q",
    ]


def _font(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    described = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=pikepdf.Name("/STSong-Light"),
        Flags=6,
        FontBBox=[-25, -254, 1000, 880],
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=880,
        StemV=93,
    )
    glyphs = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/STSong-Light"),
        CIDSystemInfo=pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=2),
        FontDescriptor=pdf.make_indirect(described),
        DW=1000,
        W=[1, 95, 500],  # Latin letters and figures take half a Chinese character
    )
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/STSong-Light-UniGB-UTF16-H"),
        Encoding=pikepdf.Name("/UniGB-UTF16-H"),
        DescendantFonts=[pdf.make_indirect(glyphs)],
    )
