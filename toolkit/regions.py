"""Finds in an article's text its title, byline, dateline, captions and site furniture, without changing a character.

Everything is done line by line, and with caution: a line is only taken out of the article where it says itself what it
is (a credit, a button, "By" and names). Speeches, passages of a few sentences and texts without any of this come out
with no regions at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.bylines import Byline, Dateline, read_byline, read_dateline, read_persons
from toolkit.furniture import as_outlet, is_caption, is_credit, is_furniture, is_name, opens_links, page_words, plain
from toolkit.records import Region

_MOST_LINES = 5_000
_HEAD = 8
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_STOPPED = re.compile(r"[.;:,!?…][\"'”’»)\]]*$")
_SIGNED = re.compile(r"(?<=[.!?”\"’)])\s*(?P<mark>(?:[–—-]{1,2}\s?|[(\[])?)(?P<name>[A-Z][\w./ -]{1,40}?)[)\]]?\.?$")


@dataclass(frozen=True)
class Layout:
    """What the text itself tells of an article; None or empty where it tells nothing."""

    regions: tuple[Region, ...] = ()
    title: str | None = None
    date: str | None = None
    author: str | None = None
    outlet: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class _Line:
    """A line that is not blank, without the spaces around it; ``apart`` where a blank line stands before it."""

    start: int
    end: int
    text: str
    apart: bool


@dataclass
class _Page:
    """The lines of an article, the kind of those that are not body, and what has been read in them."""

    lines: list[_Line]
    kinds: dict[int, str] = field(default_factory=dict)
    bylines: list[Byline] = field(default_factory=list)
    title: int | None = None
    outlet: str | None = None

    def body(self) -> Iterator[int]:
        """Number the lines that are body so far, from the first to the last."""
        return (i for i in range(len(self.lines)) if i not in self.kinds)


def find_layout(text: str, *, title: str | None = None) -> Layout:
    """Find the parts of an article that are not its running text.

    Args:
        text: The article.
        title: Its title, where that is known from elsewhere, to recognise it in the text.

    Returns:
        The regions in text order, not overlapping, and what title, byline and dateline say.
    """
    page = _Page(list(_lines(text)))
    if not page.lines or len(page.lines) > _MOST_LINES:
        return Layout()
    _mark_furniture(page)
    _mark_title(page, title)
    _mark_captions(page)
    _mark_head(page)
    _mark_agency_caption(page)
    _mark_tail(page)
    if not list(page.body()):
        return Layout()
    return _layout(text, page)


def _lines(text: str) -> Iterator[_Line]:
    end = 0
    for found in _LINE.finditer(text):
        words = found.group().strip()
        if words:
            start = found.start() + found.group().index(words)
            apart = sum(1 for _ in _BREAK.finditer(text, end, start)) > 1
            end = start + len(words)
            yield _Line(start, end, words, apart)


def _mark_furniture(page: _Page) -> None:
    """Mark buttons, notices and lists of links; links are only looked for after a paragraph of the article."""
    paragraphs, links = 0, False
    for i, line in enumerate(page.lines):
        if opens_links(line.text):
            links = paragraphs > 0
            page.kinds[i] = "furniture"
        elif is_furniture(line.text) or (links and len(line.text) < 160 and not _STOPPED.search(line.text)):
            page.kinds[i] = "furniture"
        else:
            links = False
            paragraphs += len(line.text) > 60 and _STOPPED.search(line.text) is not None


def _mark_title(page: _Page, given: str | None) -> None:
    """Mark the headline: the first line that is not furniture, byline or caption, where it is like a headline."""
    for i in range(min(_HEAD, len(page.lines))):
        words = page.lines[i].text.lstrip("#").strip()
        if given and _letters(words) == _letters(given):
            page.title = i
            break
        if page.title is None and not given and i not in page.kinds:
            if plain(words) in page_words().sections and len(page.lines) > i + 2:
                page.kinds[i] = "furniture"
            elif not is_caption(words) and not read_byline(words):
                page.title = i if _is_title(page, i) else None
                break
    if page.title is not None:
        page.kinds[page.title] = "headline"


def _letters(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())


def _is_title(page: _Page, i: int) -> bool:
    """Tell whether a line is like a headline: short, without a final stop, and set apart from what follows."""
    line, later = page.lines[i], page.lines[i + 1 :]
    words = line.text.lstrip("# ")
    if not 2 <= len(words.split()) <= 25 or len(words) > 160 or not any(len(n.text) > len(words) for n in later):
        return False
    if page_words().salutations.match(words) or read_dateline(words) or re.search(r"[a-z]{3}\. [A-Z]", words):
        return False
    if re.fullmatch(r"[\"“«„].*[\"”»][.?!]?|\(.*\)|\[.*\]", words) or re.match(r"(?:[-•·*]|\(?\d{1,2}[.)])\s", words):
        return False
    follows = later[0]
    apart = follows.apart or i + 1 in page.kinds or read_dateline(follows.text) or _byline_follows(page, i)
    if not apart and not (
        len(words) < 120 and len(follows.text) > max(150, 1.4 * len(words)) and len(words.split()) > 2
    ):
        return False
    stopped = _STOPPED.search(words)
    if stopped is None or line.text.startswith("#") or re.search(r"\b(?:[A-Z]\.){2,}$", words):
        return True
    surely = i + 1 in page.kinds or read_dateline(follows.text) or _byline_follows(page, i)
    mark = stopped.group()[0]
    return mark in ".?!" and (_in_title_case(words) or (mark != "." and bool(follows.apart or surely)))


def _byline_follows(page: _Page, i: int) -> bool:
    """Tell whether one of the next lines is a byline, with at most a summary and a caption before it."""
    for k in range(i + 1, min(i + 5, len(page.lines))):
        if _is_byline(page, k):
            return True
        if len(page.lines[k].text) > 300:
            return False
    return False


def _in_title_case(words: str) -> bool:
    """Tell whether all longer words have capitals, as in many headlines; PolNeAR's headlines have a stop besides."""
    longer = [w for w in re.findall(r"[^\W\d_]+", words) if len(w) > 4]
    return len(longer) > 2 and len(words.split()) > 4 and all(w[0].isupper() for w in longer)


def _mark_captions(page: _Page) -> None:
    """Mark captions and credits, with the caption on the line before its credit."""
    spaced = sum(line.apart for line in page.lines) * 2 > len(page.lines)
    for i in list(page.body()):
        line = page.lines[i]
        if not is_caption(line.text):
            continue
        page.kinds[i] = "caption"
        before = page.lines[i - 1] if i else line
        if (
            spaced
            and i
            and i - 1 not in page.kinds
            and not line.apart
            and before.apart
            and len(line.text) < 60
            and len(before.text) < 400
        ):
            page.kinds[i - 1] = "caption"


def _mark_agency_caption(page: _Page) -> None:
    """Mark a line under the title that ends with an agency's name, where the article only starts after it."""
    body = list(page.body())
    if page.title is None or len(body) < 3:
        return
    line = page.lines[body[0]]
    credit = re.search(r"[.”\"’)|]\s*[(\[|–—-]?\s?([A-Z][\w ]{1,25})[)\]]?\.?$", line.text)
    if len(line.text) < 300 and credit and as_outlet(credit[1]) and not read_dateline(line.text):
        page.kinds[body[0]] = "caption"


def _mark_head(page: _Page) -> None:
    """Mark the lines between title and first paragraph that say who wrote, when and for whom."""
    one_date = _has_one_date(page)
    prose, before = 0, Byline()
    for i, line in enumerate(page.lines):
        if i in page.kinds:
            continue
        found = read_byline(line.text) or _lone_name(page, i, before, one_date=one_date)
        if found and found.dating == "plain":
            if before.dating in {"published", "updated"} and before.date is None:
                found.dating = before.dating
            elif not one_date or (prose and not found.authors and not (before.authors or _is_byline(page, i + 1))):
                found = None
        if found:
            page.kinds[i] = "byline"
            page.bylines.append(found)
            found.label = found.label or (before.label and not found.dating)
            before = found
        else:
            prose, before = prose + 1, Byline()
            if prose > 3 or read_dateline(line.text):
                return


def _lone_name(page: _Page, i: int, before: Byline, *, one_date: bool) -> Byline | None:
    """Read a line with names only as a byline where "By:" or a date stands before it, or a date after it."""
    near = before.label or (one_date and _is_byline(page, i + 1)) or (before.date and page.title is not None)
    names = read_persons(page.lines[i].text) if near else []
    return Byline(authors=names) if names else None


def _is_byline(page: _Page, i: int) -> bool:
    """Tell whether a line is a byline with a date, a name or an outlet."""
    found = read_byline(page.lines[i].text) if i < len(page.lines) and i not in page.kinds else None
    return found is not None and bool(found.dating or found.authors or found.outlet)


def _has_one_date(page: _Page) -> bool:
    """Tell whether lines that are dates and nothing else name one day; a chronicle has many, and none is its own."""
    dates, before = set(), Byline()
    for i in page.body():
        found = read_byline(page.lines[i].text) if len(page.lines[i].text) < 60 else None
        if found and found.dating == "plain" and not (before.dating and before.date is None):
            dates.add(found.date)
        before = found or Byline()
    return len(dates) < 2


def _mark_tail(page: _Page) -> None:
    """Mark, from the end upwards, credits, the outlet's name and a byline that stand after the last paragraph."""
    body = list(page.body())
    for i in reversed(body[1:][-_HEAD:]):
        line = page.lines[i]
        found = read_byline(line.text)
        if is_credit(line.text) or (
            found and (found.authors or found.outlet or found.dating in {"published", "updated"})
        ):
            alone = found is not None and as_outlet(line.text) is not None
            page.kinds[i] = "furniture" if alone else "byline"
            page.bylines.extend([found] if found else [])
        elif _is_outlet_line(page, i):
            page.kinds[i] = "furniture"
            page.outlet = line.text.strip(" .")
        else:
            return


def _is_outlet_line(page: _Page, i: int) -> bool:
    """Tell whether a lone name above the links to other articles is the outlet's."""
    line, after = page.lines[i], page.lines[i + 1 :]
    if len(line.text) > 40 or not line.apart or not after or not is_name(line.text, longest=4):
        return False
    if page.kinds.get(i + 1) != "furniture" or not (opens_links(after[0].text) or after[0].text[:1] == "©"):
        return False
    words = line.text.split()
    return len(words) == 1 or bool(page_words().outlet_words.intersection(words))


def _layout(text: str, page: _Page) -> Layout:
    """Put together the regions and what the lines say; the article's own site comes before the agency it printed."""
    regions = _line_regions(text, page)
    dateline = _mark_dateline(page, regions)
    agency = _mark_sign_off(page, regions)
    title, site = _title_words(page)
    read = page.bylines
    outlets = [page.outlet, *(b.outlet for b in read), site, dateline.outlet if dateline else None, agency]
    dates = [b.date for dating in ("published", "plain", "updated") for b in read if b.dating == dating]
    authors = list(dict.fromkeys(name for b in read for name in b.authors))
    return Layout(
        regions=tuple(sorted(regions, key=lambda region: region.start)),
        title=title,
        date=_first([*dates, dateline.date if dateline else None]),
        author=_first([" and ".join(filter(None, [", ".join(authors[:-1]), *authors[-1:]]))]),
        outlet=_first(outlets),
        place=_first([dateline.place if dateline else None, *(b.place for b in read)]),
    )


def _first(values: list[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _line_regions(text: str, page: _Page) -> list[Region]:
    """Make regions of the marked lines; neighbours of one kind become one."""
    regions: list[Region] = []
    for i, kind in sorted(page.kinds.items()):
        line = page.lines[i]
        start = line.start + len(line.text) - len(line.text.lstrip("# ")) if kind == "headline" else line.start
        if regions and regions[-1].kind == kind and not text[regions[-1].end : start].strip():
            regions[-1] = Region(kind, regions[-1].start, line.end)
        else:
            regions.append(Region(kind, start, line.end))
    return regions


def _title_words(page: _Page) -> tuple[str | None, str | None]:
    """Give the title, without the outlet's name that some sites put behind it, and that name."""
    if page.title is None:
        return None, None
    words = page.lines[page.title].text.lstrip("# ")
    parts = re.split(r"\s+[|–—-]\s+(?=[^|–—-]+$)", words)
    outlet = as_outlet(parts[1]) if len(parts) > 1 else None
    return (parts[0] if outlet else words), outlet


def _mark_dateline(page: _Page, regions: list[Region]) -> Dateline | None:
    """Add the dateline, which stands before one of the first three paragraphs."""
    for i in list(page.body())[:3]:
        start, found = page.lines[i].start, read_dateline(page.lines[i].text)
        if found:
            regions.append(Region("dateline", start, start + found.length))
            return found
    return None


def _mark_sign_off(page: _Page, regions: list[Region]) -> str | None:
    """Add the agency's name behind the last sentence: ``... he said. – AFP`` is no quotation of AFP."""
    last = page.lines[list(page.body())[-1]]
    signed = _SIGNED.search(last.text, max(0, len(last.text) - 60))
    agency = as_outlet(signed["name"].split("/")[0]) if signed else None
    if signed is None or agency is None or not (signed["mark"] or agency.isupper()):
        return None
    start = last.start + signed.start("mark")
    if any(region.end > start for region in regions if region.start >= last.start):
        return None
    regions.append(Region("byline", start, last.end))
    return agency
