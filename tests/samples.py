"""Writes small files of every format that the loader reads, in the form that the programs and databases give them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

NEXIS = (
    ("Ministers leave Oslo without a text", "The Fjord Times", "September 23, 2025 Tuesday", "By Ana Lee and Ben Roe"),
    ("Lake states weigh a joint patrol", "Harbour Wire", "September 24, 2025 Wednesday 10:30 PM GMT", "CY POE"),
    ("A long view of the strait", "Sea Monthly", "September 2025", ""),
)
"""Title, outlet, date and byline of the articles of the Nexis samples."""

BODY = (
    "OSLO - The host said that the talks would go on. “We are not done,” she told reporters.",
    "A delegate of the lake states agreed, and said a patrol was the next step.",
)
"""The paragraphs of every sample article."""


def nexis_lines() -> list[str]:
    """The lines of a Nexis Uni export: a cover with a list of contents, then three articles."""
    lines = ["User Name: =", "Date and Time: Monday, September 29, 2025 10:12:00 AM EDT", "Documents (3)"]
    lines += [f"{k}. {title}" for k, (title, *_) in enumerate(NEXIS, 1)]
    lines += ["Client/Matter: -None-", "Search Terms: strait patrol", "Search Type: Natural Language", ""]
    for title, outlet, date, byline in NEXIS:
        lines += [title, "", outlet, date, *(["Late Edition - Final"] if byline else []), ""]
        lines += [f"Copyright 2025 {outlet} All Rights Reserved", ""] if "Wire" not in outlet else []
        lines += ["Section: A; Pg. 8", "Length: 44 words", *([f"Byline: {byline}"] if byline else [])]
        lines += ["Dateline: OSLO", "Body", "", *BODY, "", "Graphic", "", "A quay at dusk.", "Classification", ""]
        lines += ["Language: ENGLISH", "Publication-Type: Newspaper", "", "Subject: TALKS (90%)", ""]
        lines += ["Load-Date: September 25, 2025", "", "End of Document", ""]
    return lines


OLDER_NEXIS = """
                               1 of 2 DOCUMENTS

                               The Fjord Times

                           September 23, 2009 Wednesday
                                  Final Edition

Ministers leave Oslo without a text

BYLINE: Ana Lee

SECTION: WORLD; Pg. 8

LENGTH: 44 words

DATELINE: OSLO

The host said that the talks would go on.

A delegate agreed.

LOAD-DATE: September 24, 2009

LANGUAGE: ENGLISH

                       Copyright 2009 The Fjord Times
                               2 of 2 DOCUMENTS

                               Harbour Wire

                           September 24, 2009 Thursday

Lake states weigh a joint patrol

LENGTH: 20 words

A patrol was the next step, she said.

LOAD-DATE: September 25, 2009
"""

FACTIVA_CODED = (
    ("SE", "World News"),
    ("HD", "Ministers leave Oslo without a text"),
    ("BY", "By Ana Lee in Oslo and Ben Roe in Bergen"),
    ("WC", "44 words"),
    ("PD", "23 September 2025"),
    ("ET", "03:15 PM"),
    ("SN", "The Fjord Times"),
    ("SC", "FJTI"),
    ("LA", "English"),
    ("CY", "Copyright 2025. The Fjord Times"),
    ("LP", BODY[0]),
    ("TD", BODY[1]),
    ("NS", "gdip : International Relations"),
    ("AN", "Document FJTI000020250923el9n0001z"),
)

FACTIVA_PLAIN = [
    "Lake states weigh a joint patrol",
    "By Cy Poe",
    "1,044 words",
    "24 September 2025",
    "22:30",
    "Harbour Wire",
    "HARBW",
    "English",
    "(c) 2025 Harbour Wire. All rights reserved",
    "",
    BODY[0],
    "",
    BODY[1],
    "",
    "Document HARBW00020250924el9o0002b",
]

PROQUEST = f"""\ufeff____________________________________________________________

Report Information from ProQuest
September 29 2025 10:11
____________________________________________________________

Document 1 of 2

Ministers leave Oslo without a text

Author: Lee, Ana; Roe, Ben.

Publication info: Fjord Times, Late Edition (East Coast); Oslo [Oslo]. 23 Sep 2025: A.8.

ProQuest document link

Abstract: The host wants more talks.

Links:

Full text: {BODY[0]}

Location: Oslo was chosen again, the host said.

{BODY[1]}

Subject: Talks; Treaties

Location: Oslo

Title: Ministers leave Oslo without a text

Publication title: Fjord Times, Late Edition (East Coast); Oslo

First page: A.8

Publication year: 2025

Publication date: Sep 23, 2025

Language of publication: English

ProQuest document ID: 100200300

Database: Newsstream

____________________________________________________________

Document 2 of 2

Lake states weigh a joint patrol

Publication info: Harbour Wire; Bergen [Bergen]. 24 Sep 2025.

Full text: {BODY[1]}

Publication title: Harbour Wire; Bergen

ProQuest document ID: 100200301

Database: Newsstream

____________________________________________________________

Contact us at: a form
"""


def docx(lines: Sequence[str]) -> bytes:
    """A Word document with a line a paragraph, and a page head."""
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = "Page 1 of 9"
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def rtf(lines: Sequence[str]) -> bytes:
    """A Rich Text document with a line a paragraph, and a page head."""
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times New Roman;}}{\header Page 1 of 9\par}"
    body = "".join(rf"\pard {_rtf(line)}\par" + "\n" for line in lines)
    return f"{head}{body}}}".encode("ascii")


def rtf_table(rows: Sequence[tuple[str, str]]) -> bytes:
    """A Rich Text document with a table of two columns, as Factiva writes its fields, and the last row below it."""
    cells = "".join(
        rf"\trowd\cellx900\cellx9000\pard\intbl\b {a}\b0\cell\pard\intbl {_rtf(b)}\cell\row" + "\n"
        for a, b in rows[:-1]
    )
    head = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    return (head + cells + rf"\pard {rows[-1][1]}\par}}").encode("ascii")


def _rtf(text: str) -> str:
    signs = {"\\": r"\\", "{": r"\{", "}": r"\}", "“": r"\ldblquote ", "”": r"\'94"}
    plain = "".join(signs.get(c, c) for c in text)
    return "".join(c if ord(c) < 128 else rf"\u{ord(c)}?" for c in plain)


def factiva_page(articles: Sequence[Sequence[tuple[str, str]]]) -> str:
    """An HTML export of Factiva with codes."""
    page = "<html><head><title>Factiva</title><style>p {color: red}</style></head><body>"
    for number, fields in enumerate(articles):
        page += f'<div id="article-{number}" class="article enArticle"><table border="0">'
        for code, value in fields[:-1]:
            shown = f'<p class="articleParagraph enarticleParagraph">{value}</p>' if code in {"LP", "TD"} else value
            page += f'<tr><td class="index" align="right"><b>{code}</b>&nbsp;</td><td>{shown}</td></tr>'
        page += f"</table><p>{fields[-1][1]}</p></div><br/>"
    return page + "</body></html>"


def pdf(pages: Sequence[str | bytes], *, extra: Sequence[bytes] = (), kids: bytes | None = None) -> bytes:
    """A PDF of content streams; objects 1 to 3 are catalogue, page tree and font, ``extra`` stands behind the pages."""
    first = 4
    streams = [page.encode("cp1252") if isinstance(page, str) else page for page in pages]
    listed = b" ".join(b"%d 0 R" % (first + 2 * k) for k in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (listed if kids is None else kids, len(streams)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for k, stream in enumerate(streams):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (first + 2 * k + 1)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate([*objects, *extra], 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(places) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (size, table, size, len(out))


def show(x: float, y: float, text: str, size: float = 10) -> str:
    """A line of a content stream: a text at a place."""
    plain = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({plain}) Tj ET\n"


def column(x: float, y: float, lines: Sequence[str], leading: float = 12) -> str:
    """Lines below one another."""
    return "".join(show(x, y - leading * k, line) for k, line in enumerate(lines))


def archive(parts: dict[str, bytes], *, level: int = 9) -> bytes:
    """A zip archive of parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return file.getvalue()


def workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
