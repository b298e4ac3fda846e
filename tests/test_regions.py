"""Title, byline, dateline, captions and furniture in the text of an article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.bylines import read_byline, read_dateline
from toolkit.dates import read_date
from toolkit.furniture import is_caption, is_furniture, is_name, page_words
from toolkit.regions import find_layout

TITLE = "Ministers agree to go on talking"
FIRST = "The ministers of both states met on Tuesday and agreed that the talks would go on for as long as needed."
LAST = "“We are hopeful,” the host told reporters after the meeting, which ended late in the evening."


def page(*lines: str) -> str:
    """Join lines to an article with two paragraphs at the place of an ellipsis."""
    return "\n".join(f"{FIRST}\n\n{LAST}" if line == "..." else line for line in lines)


def parts(text: str) -> list[tuple[str, str]]:
    return [(r.kind, text[r.start : r.end]) for r in find_layout(text).regions]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("January 17, 2025, 7:15 PM", "2025-01-17"),
        ("17 January 2025", "2025-01-17"),
        ("2025-01-17", "2025-01-17"),
        ("2025-01-17T19:15:00+07:00", "2025-01-17"),
        ("20250117", "2025-01-17"),
        ("Fri 17 Jan 2025", "2025-01-17"),
        ("Friday, Jan. 17th, 2025 at 10:30 a.m. (ET)", "2025-01-17"),
        ("17.01.2025 19:15", "2025-01-17"),
        ("17-Jan-2025", "2025-01-17"),
        ("2025/1/7", "2025-01-07"),
        ("13/4/2022", "2022-04-13"),
        ("4/13/2022", "2022-04-13"),
        ("5/5/2022", "2022-05-05"),
        ("3/4/2022", None),
        ("30 February 2022", None),
        ("March 2022", None),
        ("2022", None),
        ("17 January", None),
        ("on 17 January 2025 in Oslo", None),
        ("", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("line", "authors", "outlet", "date"),
    [
        ("By Ana Lee", ["Ana Lee"], None, None),
        ("By: Ana Lee", ["Ana Lee"], None, None),
        ("By ANA LEE and Ben Q. Roe, Reuters", ["ANA LEE", "Ben Q. Roe"], "Reuters", None),
        ("By Ana Lee in Oslo and Ben Roe in Bergen", ["Ana Lee", "Ben Roe"], None, None),
        ("By Ana de la Cruz, Staff Writer | Updated: 3 March 2024, 10:30 GMT", ["Ana de la Cruz"], None, "2024-03-03"),
        ("By Nguyễn Văn A and Ömer Şahin", ["Nguyễn Văn A", "Ömer Şahin"], None, None),
        ("By Reuters", [], "Reuters", None),
        ("By Ana Lee, for CNN", ["Ana Lee"], "CNN", None),
        ("Ana Lee (The Hindu)", ["Ana Lee"], "The Hindu", None),
        ("Ana Lee / Khmer Times", ["Ana Lee"], "Khmer Times", None),
        ("Ana Lee | Publication date 22 March 2022 | 21:22 ICT", ["Ana Lee"], None, "2022-03-22"),
        ("• March 3, 2024, 5:10 PM", [], None, "2024-03-03"),
        ("Published: 3 March 2024 Updated: 4 March 2024", [], None, "2024-03-03"),
        ("Updated 4 March 2024 | Published 3 March 2024", [], None, "2024-03-03"),
        ("Posted on March 3, 2021 by Ana Lee", ["Ana Lee"], None, "2021-03-03"),
        ("Source: Xinhua | 2024-03-03 17:10:30 | Editor: someone", [], "Xinhua", "2024-03-03"),
        ("Lyon, 3 March 2024", [], None, "2024-03-03"),
    ],
)
def test_bylines(line: str, authors: list[str], outlet: str | None, date: str | None) -> None:
    found = read_byline(line)
    assert found is not None
    assert (found.authors, found.outlet, found.date) == (authors, outlet, date)


@pytest.mark.parametrize(
    "line",
    [
        "By Tuesday, the troops had left the town",
        "By Monday",
        "By far the largest group came from the north",
        "The war began on February 24, 2022",
        "Ana Lee",
        "17 January 2025 – the day of the talks",
        "By the time he spoke, it was over.",
        "Since March 3, 2024 nothing has moved",
        "Posted to the north, they waited",
    ],
)
def test_no_bylines(line: str) -> None:
    assert read_byline(line) is None


@pytest.mark.parametrize(
    ("paragraph", "dateline", "place", "outlet", "date"),
    [
        ("PHNOM PENH – The senate met", "PHNOM PENH – ", "Phnom Penh", None, None),
        ("PARIS, Jan 17 (Reuters) - The president", "PARIS, Jan 17 (Reuters) - ", "Paris", "Reuters", None),
        ("GENEVA (AP) — The envoy", "GENEVA (AP) — ", "Geneva", "AP", None),
        ("Phnom Penh (AFP) – The senate", "Phnom Penh (AFP) – ", "Phnom Penh", "AFP", None),
        ("KYIV, Ukraine—The army", "KYIV, Ukraine—", "Kyiv, Ukraine", None, None),
        ("MOSCOW, March 3. /TASS/. The ministry", "MOSCOW, March 3. /TASS/. ", "Moscow", "TASS", None),
        ("New Delhi [India], January 17 (ANI): The", "New Delhi [India], January 17 (ANI): ", "New Delhi", "ANI", None),
        ("New Delhi, Jan 17 (PTI) The minister", "New Delhi, Jan 17 (PTI) ", "New Delhi", "PTI", None),
        ("ISLAMABAD: The prime minister", "ISLAMABAD: ", "Islamabad", None, None),
        ("CAIRO - 17 January 2025: The envoy", "CAIRO - 17 January 2025: ", "Cairo", None, "2025-01-17"),
        ("GENEVA (17 January 2025) – The experts", "GENEVA (17 January 2025) – ", "Geneva", None, "2025-01-17"),
        ("PORT-AU-PRINCE, Haiti (AP) — The", "PORT-AU-PRINCE, Haiti (AP) — ", "Port-au-Prince, Haiti", "AP", None),
        ("CONCORD, N.H. (AP) — The", "CONCORD, N.H. (AP) — ", "Concord, N.H.", "AP", None),
        ("ST. PETERSBURG, Russia — The", "ST. PETERSBURG, Russia — ", "St. Petersburg, Russia", None, None),
        ("Moscow — The Kremlin", "Moscow — ", "Moscow", None, None),
    ],
)
def test_datelines(paragraph: str, dateline: str, place: str, outlet: str | None, date: str | None) -> None:
    found = read_dateline(paragraph)
    assert found is not None
    assert (paragraph[: found.length], found.place, found.outlet, found.date) == (dateline, place, outlet, date)


@pytest.mark.parametrize(
    "paragraph",
    [
        "ZELENSKY: We need more",
        "NATO – the alliance of 32 – met",
        "BREAKING: The talks have failed",
        "On March 3 – the day of the vote – nothing moved",
        "Tuesday, March 3 – the day of the vote",
        "Ana Lee (XYZ) – the leader of the party – spoke",
        "Moscow — which denied it — was silent",
        "Washington - Beijing relations are poor",
        "Russia – the largest country – abstained",
        "The minister – who resigned – spoke",
        "“PARIS – now,” she said",
        "London (UK) Mayor Ana Lee spoke",
        "OSLO",
    ],
)
def test_no_datelines(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@pytest.mark.parametrize(
    "line",
    [
        "The ministers meet in Oslo on March 3, 2024. Photo by AFP",
        "The ministers meet in Oslo. (Photo: Ana Lee)",
        "The ministers meet in Oslo. [Photo/Xinhua]",
        "The ministers meet in Oslo [File: Ana Lee/Reuters]",
        "The ministers meet in Oslo, Norway. (Ana Lee/Getty Images)",
        "The ministers meet in Oslo. (AP Photo/Ana Lee, File)",
        "The ministers meet in Oslo. REUTERS/Ana Lee/File Photo",
        "The ministers meet in Oslo. — Bernama photo",
        "The ministers meet in Oslo. Supplied",
        "FILE PHOTO: The ministers meet in Oslo",
        "FILE - The ministers meet in Oslo, March 1, 2024.",
        "In this photo taken Sunday, the ministers meet in Oslo.",
        "Image caption, The ministers before the meeting",
        "Photo: Office of the President",
        "Ana Lee via Getty Images.",
    ],
)
def test_captions(line: str) -> None:
    assert is_caption(line)


@pytest.mark.parametrize(
    "line",
    [
        "He said that the photo by the river had been forged.",
        "They bought the archive from Getty Images.",
        "He said so again. Credit goes to our diplomats.",
        "The town burned. Pictures from the scene showed smoke.",
        "In this picture, Europe stands alone.",
        "She denied it. Images of the crash told another story.",
        "He told Reuters/AFP so on Monday.",
        "The file was closed (see annex).",
        "“We saw the photo,” he said.",
    ],
)
def test_no_captions(line: str) -> None:
    assert not is_caption(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("• 00:00 / 00:00", True),
        ("ADVERTISEMENT", True),
        ("Share this", True),
        ("Read more: What the talks are about", True),
        ("Subscribe to our newsletter", True),
        ("© 2025 The Example Times", True),
        ("Tags: Norway, talks", True),
        ("3 min read", True),
        ("Share the burden of war", False),
        ("(c) Recalls its earlier resolutions;", False),
        ("Like our partners, we believe in talks.", False),
        ("Join our efforts for peace.", False),
        ("Subscribe to this view, and you will lose.", False),
        ("Copyright law was not on the agenda.", False),
        ("Listen to the people.", False),
    ],
)
def test_furniture(line: str, expected: bool) -> None:
    assert is_furniture(line) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Ana de la Cruz", True), ("Khalid bin Salman", True), ("Nguyễn Văn A", True), ("Ana went", False), ("", False)],
)
def test_names(words: str, expected: bool) -> None:
    assert is_name(words) is expected


def test_a_site_with_everything() -> None:
    text = page(
        "World",
        TITLE,
        "",
        "The ministers before the meeting on March 1, 2024. Photo by AFP",
        "    By:",
        "  • Ana Lee",
        "  • March 3, 2024, 5:10 PM",
        "  • 00:00 / 00:00",
        "",
        f"OSLO – {FIRST}",
        "",
        LAST,
        "",
        "Fjordpost",
        "",
        "Related Articles",
        "Ministers to meet in Oslo",
        "Talks: what next",
    )
    layout = find_layout(text)
    assert parts(text) == [
        ("furniture", "World"),
        ("headline", TITLE),
        ("caption", "The ministers before the meeting on March 1, 2024. Photo by AFP"),
        ("byline", "By:\n  • Ana Lee\n  • March 3, 2024, 5:10 PM"),
        ("furniture", "• 00:00 / 00:00"),
        ("dateline", "OSLO – "),
        ("furniture", "Fjordpost\n\nRelated Articles\nMinisters to meet in Oslo\nTalks: what next"),
    ]
    found = (layout.title, layout.date, layout.author, layout.outlet, layout.place)
    assert found == (TITLE, "2024-03-03", "Ana Lee", "Fjordpost", "Oslo")


@pytest.mark.parametrize(
    ("lines", "title", "date", "author", "outlet"),
    [
        ([TITLE, "", "..."], TITLE, None, None, None),
        ([TITLE, "By Ana Lee", "..."], TITLE, None, "Ana Lee", None),
        ([f"# {TITLE}", "", "*By Ana Lee*", "", "**3 March 2024**", "", "..."], TITLE, "2024-03-03", "Ana Lee", None),
        (["3 March 2024", "SC/15000", TITLE, "", "..."], TITLE, "2024-03-03", None, None),
        (
            [TITLE, "The host is hopeful", "Ana Lee in Oslo", "Sun 3 Mar 2024 17.10 CET", "Share", "", "..."],
            TITLE,
            "2024-03-03",
            "Ana Lee",
            None,
        ),
        ([TITLE, "3 March 2024", "Ana Lee", "BBC News, Oslo", "", "..."], TITLE, "2024-03-03", "Ana Lee", "BBC News"),
        (
            [TITLE, "", "Ana Lee", "Updated", "Mar 04, 2024, 05:10 PM", "Published", "Mar 03, 2024", "", "..."],
            TITLE,
            "2024-03-03",
            "Ana Lee",
            None,
        ),
        ([TITLE, "", "...", "", "Published in Dawn, March 3rd, 2024"], TITLE, "2024-03-03", None, "Dawn"),
        ([TITLE, "", f"OSLO, March 3 (Reuters) - {FIRST}", "", LAST], TITLE, None, None, "Reuters"),
        ([TITLE, "", f"Brussels, 3 March 2024 - {FIRST}", "", LAST], TITLE, "2024-03-03", None, None),
        ([f"{TITLE} | BBC News", "", "..."], TITLE, None, None, "BBC News"),
        (
            ["Why Ministers Agree to Go On Talking.", "", "..."],
            "Why Ministers Agree to Go On Talking.",
            None,
            None,
            None,
        ),
        (["Will the ministers agree?", "", "..."], "Will the ministers agree?", None, None, None),
        (["Ministers reject talks with the U.S.", "", "..."], "Ministers reject talks with the U.S.", None, None, None),
        ([TITLE, "", FIRST, "", f"{LAST} – AFP"], TITLE, None, None, "AFP"),
        ([TITLE, "", "The ministers in Oslo. AKP", "", "..."], TITLE, None, None, None),
    ],
)
def test_what_the_text_tells(
    lines: list[str], title: str | None, date: str | None, author: str | None, outlet: str | None
) -> None:
    layout = find_layout(page(*lines))
    assert (layout.title, layout.date, layout.author, layout.outlet) == (title, date, author, outlet)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "Peace must come.",
        "Peace must come",
        "Ministers agree to go on talking",
        FIRST,
        f"{FIRST}\n\n{LAST}",
        f"{FIRST}\n{LAST}\n",
        "Mr. President,\n\nExcellencies,\n\nWe meet at a dark hour.\n\nPeace must come.",
        "Thank you, Mr. President\n\nWe meet at a dark hour, and we know it better than anybody else.",
        "“We will never give up”\n\nThese were his words at the border, and they were heard.",
        "He came to Oslo on Monday.\n\nHe left on Tuesday after talks which were not a success.",
        "He came to Oslo on Monday. She had left\n\nThey did not meet, though both of them had wanted to.",
        "The ministers of both states met on Tuesday and agreed that the talks\nwould go on for as long as they were "
        "needed, which the host called a\nsign of hope after a long winter.",
        "Chronicle of the talks.\n\nFebruary 24, 2022\nTroops cross the border.\n\nMarch 2, 2022\nA vote is held.",
        "The talks failed on March 3, 2024, he said.\n\nBy Tuesday all had left.\n\nThe rest is known.",
        "(spoke in French)\n\nI thank the members of the Council for their kind words of welcome to me.",
        "1. The situation in the north\n\nThe Council met on Monday to discuss the situation in the north.",
        "a" * 100_000,
        "word " * 50_000,
    ],
)
def test_running_text_is_left_alone(text: str) -> None:
    layout = find_layout(text)
    assert (layout.regions, layout.title, layout.date, layout.author) == ((), None, None, None)


def test_dates_of_a_chronicle_are_not_the_articles_own() -> None:
    text = page("Two years of talks", "", "February 24, 2022", "Troops cross the border.", "", "March 2, 2022", "...")
    assert find_layout(text).date is None


def test_a_dated_line_amid_the_article_is_not_its_date() -> None:
    text = page(TITLE, "", "...", "", "February 24, 2022", "", FIRST, "", LAST)
    assert find_layout(text).date is None


def test_credits_stand_only_at_the_end() -> None:
    text = page(TITLE, "", "...", "", "(Reporting by Ana Lee; Editing by Ben Roe)", "", "Our Standards: Trust")
    assert parts(text)[1:] == [
        ("byline", "(Reporting by Ana Lee; Editing by Ben Roe)"),
        ("furniture", "Our Standards: Trust"),
    ]


def test_a_caption_on_the_line_before_its_credit() -> None:
    text = page(TITLE, "", "The ministers meet in Oslo", "Photo by AFP", "", "...")
    assert ("caption", "The ministers meet in Oslo\nPhoto by AFP") in parts(text)


def test_links_end_where_the_article_goes_on() -> None:
    text = page(TITLE, "", "...", "", "Read also", "A headline of another article", "", FIRST)
    assert ("furniture", "Read also\nA headline of another article") in parts(text)
    assert text.rindex(FIRST) > find_layout(text).regions[-1].end


def test_a_known_title_is_recognised_with_its_final_stop() -> None:
    text = page("The ministers talked.", "", "...")
    assert find_layout(text).title is None
    assert find_layout(text, title="The Ministers Talked").regions[0].kind == "headline"


def test_links_above_the_title_do_not_take_it() -> None:
    assert find_layout(page("Trending", TITLE, "", "...")).title == TITLE


def test_a_name_amid_the_article_is_not_its_author() -> None:
    text = page(TITLE, "", "...", "", "...", "", "...", "", "By Ana Lee", "", "...")
    assert find_layout(text).author is None


def test_an_agency_is_not_taken_out_twice() -> None:
    assert parts("OSLO. - AFP") == [("dateline", "OSLO. - ")]


def test_line_ends_of_windows_and_old_macs() -> None:
    for mark in ("\r\n", "\r"):
        text = page(TITLE, "", "By Ana Lee", "", "...").replace("\n", mark)
        assert parts(text) == [("headline", TITLE), ("byline", "By Ana Lee")]


def test_the_word_lists_are_clean() -> None:
    words = page_words()
    assert all(line == line.casefold() for line in words.lines | words.link_lists | words.sections | words.roles)
    assert not words.not_places & {city.upper() for city in words.cities}


SHORT = [
    "",
    "By:",
    "By Ana Lee",
    "  • Ana Lee",
    "March 3, 2024",
    "Updated",
    "17:10",
    "Share",
    "•",
    "Related Articles",
    "Photo by AFP",
    "GENEVA (AP) —",
    "ST. - AFP",
    "© 2024",
    "Fjordpost",
    "FILE - x",
    "# x y",
    "NEWS",
    "(Reporting by Ana Lee)",
    "Source: AFP",
    "\u2028",
    "\r",
    "K. AFP",
]
LINES = st.sampled_from([*SHORT, TITLE, FIRST, LAST, f"OSLO – {FIRST}", f"{LAST} (Reuters)"])


def check_regions(text: str) -> None:
    end = 0
    for region in find_layout(text).regions:
        assert end <= region.start < region.end <= len(text)
        assert text[region.start : region.end].strip()
        assert region.kind in {"headline", "byline", "dateline", "caption", "furniture"}
        end = region.end


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=14).map("\n".join))
def test_regions_of_shuffled_lines_are_in_order(text: str) -> None:
    check_regions(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_regions_of_any_text_are_in_order(text: str) -> None:
    check_regions(text)
