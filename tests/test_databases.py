"""Exports of Nexis Uni, Factiva and ProQuest: how they are split, and what each says of its articles."""

from __future__ import annotations

from pathlib import Path

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.databases import split_export
from toolkit.loaders import Loading, load
from toolkit.pieces import read_authors, read_day, read_language, read_outlet, read_place

OSLO = "Ministers leave Oslo without a text"
PATROL = "Lake states weigh a joint patrol"


def read(folder: Path, name: str, content: str | bytes) -> Loading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path)


def facts(loading: Loading) -> list[tuple[str | None, ...]]:
    return [(a.title, a.date, a.outlet, a.author, a.place, a.language) for a in loading.articles]


@pytest.mark.parametrize("name", ["export.docx", "export.rtf", "export.txt", "export.DOC"])
def test_nexis_uni(tmp_path: Path, name: str) -> None:
    lines = samples.nexis_lines()
    written = {"docx": samples.docx, "DOC": samples.docx, "rtf": samples.rtf}.get(name.split(".")[1])
    loading = read(tmp_path, name, written(lines) if written else "\r\n".join(lines))
    assert facts(loading) == [
        (OSLO, "2025-09-23", "The Fjord Times", "Ana Lee and Ben Roe", "Oslo", "en"),
        (PATROL, "2025-09-24", "Harbour Wire", "CY POE", "Oslo", "en"),
        ("A long view of the strait", "2025-09-25", "Sea Monthly", None, "Oslo", "en"),
    ]
    assert [a.date_source for a in loading.articles] == ["metadata", "metadata", "inferred"]
    assert [a.article_id for a in loading.articles] == ["export-1", "export-2", "export-3"]
    assert loading.articles[0].text == "\n".join([OSLO, "", *samples.BODY])
    assert loading.articles[0].path == name
    first, *others = loading.report
    assert (first.path, first.status, first.article_id) == (name, "read", None)
    assert first.note is not None
    assert first.note.startswith("split into 3 articles: an export of Nexis Uni")
    assert [entry.path for entry in others] == [f"{name}, article {k}" for k in (1, 2, 3)]
    assert others[2].note is not None
    assert "dated by its Load-Date" in others[2].note


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("September 23, 2025 Tuesday", "2025-09-23"),
        ("September 23, 2025 Tuesday 10:30 PM GMT", "2025-09-23"),
        ("September 23, 2025, Tuesday", "2025-09-23"),
        ("September 23, 2025 Tuesday Late Edition - Final", "2025-09-23"),
        ("Tuesday, September 23, 2025", "2025-09-23"),
        ("Tuesday 23 September 2025", "2025-09-23"),
        ("23 September 2025", "2025-09-23"),
        ("Sept. 23, 2025", "2025-09-23"),
        ("Sep 23, 2025", "2025-09-23"),
        ("23\xa0September\xa02025", "2025-09-23"),
        ("2025-09-23", "2025-09-23"),
        ("September 2025", None),
        ("September 31, 2025", None),
        ("03/04/2025", None),
        ("On September 23, 2025 the ministers met", None),
        ("September 23, 2025 was a day of talks", None),
        ("", None),
    ],
)
def test_days(date: str, day: str | None) -> None:
    assert read_day(date) == day


@pytest.mark.parametrize(
    ("words", "authors"),
    [
        ("By Ana Lee", "Ana Lee"),
        ("Ana Lee and Ben Roe", "Ana Lee and Ben Roe"),
        ("Lee, Ana; Roe, Ben; Poe, Cy.", "Ana Lee, Ben Roe and Cy Poe"),
        ("Lee, Ana.", "Ana Lee"),
        ("ANA LEE; Ana Lee reports from Oslo", "ANA LEE"),
        ("By Ana Lee in Oslo", "Ana Lee"),
        ("Byline: Ana Lee", "Ana Lee"),
        ("Our desk, standing by for more", "Our desk, standing by for more"),
        ("x" * 500, None),
        ("", None),
    ],
)
def test_authors(words: str, authors: str | None) -> None:
    assert read_authors(words) == authors


@pytest.mark.parametrize(
    ("words", "outlet"),
    [
        ("New York Times, Late Edition (East Coast); New York, N.Y.", "New York Times"),
        ("The Fjord Times", "The Fjord Times"),
        ("Harbour Wire; Bergen", "Harbour Wire"),
        ("Agence France Presse -- English", "Agence France Presse -- English"),
        (" ", None),
        ("word " * 90, None),
    ],
)
def test_outlets(words: str, outlet: str | None) -> None:
    assert read_outlet(words) == outlet


def test_languages_and_places() -> None:
    assert [read_language(w) for w in ("ENGLISH", "Spanish; Castilian", "French", "Lorem", "")] == [
        "en",
        "es",
        "fr",
        None,
        None,
    ]
    assert [read_place(w) for w in ("PHNOM PENH, ", "Washington, D.C.", "", "x" * 90)] == [
        "Phnom Penh",
        "Washington, D.C",
        None,
        None,
    ]


def test_the_older_form_of_nexis(tmp_path: Path) -> None:
    loading = read(tmp_path, "older.txt", samples.OLDER_NEXIS)
    assert facts(loading) == [
        (OSLO, "2009-09-23", "The Fjord Times", "Ana Lee", "Oslo", "en"),
        (PATROL, "2009-09-24", "Harbour Wire", None, None, None),
    ]
    assert loading.articles[0].text == f"{OSLO}\n\nThe host said that the talks would go on.\n\nA delegate agreed."


OLDER = "1 of 1 DOCUMENTS\n\nThe Fjord Times\n\nSeptember 23, 2009 Wednesday\n\n"
LOADED = "LOAD-DATE: September 24, 2009\n\nLANGUAGE: ENGLISH\n\nGRAPHIC: A quay.\n\nCopyright 2009 The Fjord Times"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("A delegate agreed.\n\nUPDATE: The ministry denied it.\n\nSo it ended.", None),
        ("UPDATE: The ministry denied it.\n\nSo it ended.", None),
        ("STATE: Kansas was first to react.\n\nSo it ended.", None),
        ("So it ended.\n\nSTATE: Kansas was first\nto react.", None),
        ("A delegate agreed.\n\nCITY: Oslo\n\nSTATE: Kansas was first to react.\n\nSo it ended.", None),
        ("A delegate agreed.\n\nSECTION: that was her word.\n\nSo it ended.", None),
        ("BODY:\nA delegate agreed.\n\nSo it ended.", "A delegate agreed.\n\nSo it ended."),
        ("BODY:\n\nA delegate agreed.", "A delegate agreed."),
        ("A delegate agreed.\n\nSUBJECT: TALKS (90%);\nTREATIES (80%)\n\nCOMPANY: LAKES INC.", "A delegate agreed."),
        ("A delegate agreed.\n\nGRAPHIC: The host at a quay.", "A delegate agreed."),
    ],
)
def test_fields_of_the_older_form_of_nexis_stand_above_and_below_the_text(
    tmp_path: Path, body: str, kept: str | None
) -> None:
    export = f"{OLDER}{OSLO}\n\nBYLINE: Ana Lee\n\nLENGTH: 44 words\n\nDATELINE: OSLO\n\n{body}\n\n{LOADED}\n"
    loading = read(tmp_path, "older.txt", export)
    assert facts(loading) == [(OSLO, "2009-09-23", "The Fjord Times", "Ana Lee", "Oslo", "en")]
    assert loading.articles[0].text == f"{OSLO}\n\n{kept or body}"


def test_heads_of_the_older_form_of_nexis(tmp_path: Path) -> None:
    for head in (
        f"UPDATE: {OSLO}\n\nBYLINE: Ana Lee\nLENGTH: 44 words",
        f"LENGTH: 44 words\n\nTYPE: News\n\nHEADLINE: UPDATE: {OSLO}\n\nBYLINE:\n\nAna Lee\n\nSECTION: A\nBODY:",
    ):
        loading = read(tmp_path, "older.txt", f"{OLDER}{head}\n\nSo it ended.\n\n{LOADED}\n")
        assert facts(loading) == [(f"UPDATE: {OSLO}", "2009-09-23", "The Fjord Times", "Ana Lee", None, "en")]
        assert loading.articles[0].text == f"UPDATE: {OSLO}\n\nSo it ended."
    loading = read(tmp_path, "older.txt", f"{OLDER}{OSLO}\n\nLENGTH: 44 words\n\nBODY:\n{LOADED}\n")
    assert "it was exported without it" in (loading.report[-1].note or "")


def test_an_article_that_was_cut_off_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    lines = samples.nexis_lines()
    ends = [k for k, line in enumerate(lines) if line == "End of Document"]
    loading = read(tmp_path, "cut.txt", "\n".join(lines[: ends[2] - 4]))
    assert [a.title for a in loading.articles] == [OSLO, PATROL]
    entry = loading.report[-1]
    assert (entry.path, entry.status) == ("cut.txt, article 3", "skipped")
    assert entry.note is not None
    assert "'A long view of the strait' has no 'End of Document'" in entry.note
    assert repr(loading).startswith("2 articles read, 1 article skipped: cut.txt, article 3")


def test_an_article_without_a_text_is_named(tmp_path: Path) -> None:
    lines = [line for line in samples.nexis_lines() if line != "Body"]
    assert all("no line 'Body'" in (e.note or "") for e in read(tmp_path, "a.txt", "\n".join(lines)).report[1:])
    lines = [line for line in samples.nexis_lines() if line not in samples.BODY]
    report = read(tmp_path, "b.txt", "\n".join(lines)).report
    assert [e.note for e in report[1:2]] == [f"{OSLO!r} has no text; it was exported without it"]


def test_factiva_with_codes(tmp_path: Path) -> None:
    expected = (OSLO, "2025-09-23", "The Fjord Times", "Ana Lee and Ben Roe", "Oslo", "en")
    page = read(tmp_path, "export.html", samples.factiva_page([samples.FACTIVA_CODED] * 2))
    assert facts(page) == [expected, expected]
    assert page.report[0].note == "split into 2 articles: an export of Factiva"
    table = read(tmp_path, "export.rtf", samples.rtf_table(samples.FACTIVA_CODED))
    plain = read(tmp_path, "export.txt", "\n".join(f"{code}  {value}" for code, value in samples.FACTIVA_CODED))
    assert facts(table) == facts(plain) == [expected]
    text = "\n".join([OSLO, "", *samples.BODY])
    assert {article.text for loading in (page, table, plain) for article in loading.articles} == {text}


@pytest.mark.parametrize("word", ["IN", "CO", "LA", "IN |"])
@pytest.mark.parametrize("apart", ["  ", "\n"])
def test_a_line_of_a_factiva_text_that_is_a_code(tmp_path: Path, word: str, apart: str) -> None:
    fields = [f"{code}{apart}{value}" for code, value in samples.FACTIVA_CODED]
    tail = ["CO", "lake : Lakes Inc", "IN", "iship : Shipping", *fields[-2:]]
    body = f"{word}\nThey said that they would.\nAnd so they did."
    loading = read(tmp_path, "export.txt", "\n".join([*fields[:-2], body, *tail]))
    kept = body.replace(" |", "")
    assert [a.text for a in loading.articles] == ["\n".join([OSLO, "", *samples.BODY, kept])]


def test_factiva_without_codes(tmp_path: Path) -> None:
    lines = [OSLO, "44 words", "23 September 2025", "The Fjord Times", "FJTI", "Norwegian", "Copyright 2025", "Words."]
    lines += ["(c) 2025 is a phrase of the text.", "Document FJTI000020250923el9n0001z", *samples.FACTIVA_PLAIN]
    page = "<html><body>" + "".join(f"<div class='x'>{line}</div>" for line in lines) + "</body></html>"
    for name, content in (("a.rtf", samples.rtf(lines)), ("b.txt", "\n".join(lines)), ("c.html", page)):
        loading = read(tmp_path, name, content)
        assert facts(loading) == [
            (OSLO, "2025-09-23", "The Fjord Times", None, None, "no"),
            (PATROL, "2025-09-24", "Harbour Wire", "Cy Poe", "Oslo", "en"),
        ]
        lines_kept = [line for line in loading.articles[0].text.split("\n") if line]
        assert lines_kept == [OSLO, "Words.", "(c) 2025 is a phrase of the text."]


def test_a_factiva_export_that_was_cut_off(tmp_path: Path) -> None:
    loading = read(tmp_path, "cut.txt", "\n".join([*samples.FACTIVA_PLAIN, *samples.FACTIVA_PLAIN[:-1]]))
    assert len(loading.articles) == 1
    assert loading.report[-1].note == "its last article has no line 'Document ...', so it may be cut off"


def test_proquest(tmp_path: Path) -> None:
    loading = read(tmp_path, "ProQuestDocuments.txt", samples.PROQUEST)
    assert facts(loading) == [
        (OSLO, "2025-09-23", "Fjord Times", "Ana Lee and Ben Roe", "Oslo", "en"),
        (PATROL, "2025-09-24", "Harbour Wire", None, None, None),
    ]
    assert loading.report[0].note == "split into 2 articles: an export of ProQuest"
    assert "Location: Oslo was chosen again, the host said." in loading.articles[0].text
    assert "Subject:" not in loading.articles[0].text
    assert loading.articles[1].text == f"{PATROL}\n\n{samples.BODY[1]}"


@pytest.mark.parametrize("cut", ["_" * 30, "Document 3 of 5"])
def test_a_rule_inside_a_text_of_proquest_cuts_nothing_off(tmp_path: Path, cut: str) -> None:
    export = samples.PROQUEST.replace(f"{samples.BODY[1]}\n\nSubject", f"{cut}\n\n{samples.BODY[1]}\n\nSubject")
    loading = read(tmp_path, "a.txt", export)
    assert [a.title for a in loading.articles] == [OSLO, PATROL]
    assert f"said.\n\n{cut}\n\n{samples.BODY[1]}" in loading.articles[0].text
    assert "Database" not in loading.articles[0].text
    assert loading.articles[1].text == f"{PATROL}\n\n{samples.BODY[1]}"


def test_records_of_proquest_without_a_text_or_with_their_text_below(tmp_path: Path) -> None:
    fields = "Publication title: Harbour Wire\n\nPublication date: Sep 24, 2025\n\nProQuest document ID: 7\n\n"
    rule = "_" * 60 + "\n\n"
    whole = f"{rule}{PATROL}\n\n{fields}Full text: {samples.BODY[1]}\n\n"
    foot = f"{rule}Bibliography\n\nCitation style: APA\n\n{rule}Contact us at: a form\n"
    loading = read(tmp_path, "a.txt", f"{whole}{rule}{OSLO}\n\n{fields}{whole}{foot}")
    assert [a.text for a in loading.articles] == [f"{PATROL}\n\n{samples.BODY[1]}"] * 2
    assert "it was exported without it" in (loading.report[2].note or "")


@pytest.mark.parametrize(
    "text",
    [
        "The Document Centre opened.\n\nFull text: nobody knows it.",
        "A story.\n\nEnd of Document",
        "Document classification2025\nmattered to her.",
        "3 of 5 DOCUMENTS were signed.",
        "",
    ],
)
def test_an_article_that_only_sounds_like_an_export_stays_whole(text: str) -> None:
    assert split_export(text) is None


def test_what_a_sidecar_says_fills_the_gaps_of_an_export(tmp_path: Path) -> None:
    (tmp_path / "articles.toml").write_text('["a.txt"]\noutlet = "Other"\nlanguage = "no"\nnote = "from the archive"\n')
    loading = read(tmp_path, "a.txt", samples.PROQUEST)
    assert [(a.outlet, a.language) for a in loading.articles] == [("Fjord Times", "en"), ("Harbour Wire", "no")]
    notes = [entry.note for entry in loading.report if entry.note]
    assert "split into 2 articles: an export of ProQuest; from the archive" in notes


def test_exports_of_one_name_get_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "export.txt").write_text(samples.PROQUEST, encoding="utf-8")
    loading = load(tmp_path)
    assert [a.article_id for a in loading.articles] == ["a/export-1", "a/export-2", "b/export-1", "b/export-2"]


PIECES = st.sampled_from(
    [*samples.nexis_lines(), *samples.FACTIVA_PLAIN, *samples.PROQUEST.split("\n"), *samples.OLDER_NEXIS.split("\n")]
    + [code for code, _ in samples.FACTIVA_CODED]
    + ["HD|", "\x85", "\u2028", "|" * 40, "Document " + "A1" * 20, "\ud800", "\0"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=60))
def test_no_lines_stop_the_splitting(lines: list[str]) -> None:
    export = split_export("\n".join(lines))
    for piece in export[1] if export else []:
        assert bool(piece.problem) != bool(piece.text)
        body = piece.text.removeprefix(piece.said.get("title", "")).strip()
        assert all(line.strip() in "\n".join(lines) for line in body.split("\n"))
