"""Extracts the article from a web page with trafilatura."""

from __future__ import annotations

import re
from typing import Any

from toolkit.decoding import Unreadable


def read_page(source: str) -> tuple[str, dict[str, str]]:
    """Extract the article of a web page, and what the page says of it.

    Args:
        source: The page's HTML.

    Returns:
        The article's text, paragraphs on lines of their own, and what is known of title, date, author, outlet and
        language.

    Raises:
        Unreadable: No article is found.
    """
    from trafilatura import bare_extraction

    dating = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    try:
        page: Any = bare_extraction(source, with_metadata=True, include_comments=False, date_extraction_params=dating)
    except Exception as error:
        raise Unreadable(f"trafilatura cannot read the page ({type(error).__name__}); save its text as .txt") from None
    if page is None or not (page.text or "").strip():
        raise Unreadable("no article was found in the page; save its text as .txt")
    language = re.search(r"<html\b[^>]*?\blang=[\"']?([a-z]{2})\b", source[:20_000], re.IGNORECASE)
    said = {
        "title": page.title,
        "date": page.date,
        "author": page.author and page.author.replace("; ", " and "),
        "outlet": page.sitename,
        "language": language and language[1].lower(),
    }
    return page.text, {key: value for key, value in said.items() if value}
