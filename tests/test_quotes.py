"""Shapes of quotation that break other tools, and the rules on marks and layout.

Texts are written with “…” for quotations, ‹…› for inner ones and ’ as apostrophe, and tried in all styles of print.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import STYLES, printed, reading

from toolkit.encoder import Reading, default_encoder
from toolkit.quotemarks import pair_marks
from toolkit.quotes import find_quotes, quote_kind
from toolkit.records import Article, Region

NOBODY = None


def quotes_of(text, regions=()):
    return find_quotes(Article("a", text, regions=regions), default_encoder().read(text))


# Sentences so plain that any network that is good enough finds what they report.
NETWORK_SHAPES = [
    # name, text, [(words of the content, words of the source)]
    (
        "an odd mark in the article loses nothing",
        "“We want peace,” Minister Adaeze Obi said.\n\nThe ministers spoke of a path to growth”, she added.\n\n"
        "“We will wait,” Obi said.",
        [("We want peace", "Obi"), ("We will wait", "Obi")],
    ),
    (
        "a quotation inside a quotation",
        "“He told me ‹never again› and I agreed,” President Lindiwe Moyo said.",
        [("He told me ‹never again› and I agreed", "Moyo")],
    ),
    (
        "an interrupted quotation is one attribution",
        "“The border is open,” General Karim Haddad said, “and it will remain open for as long as people need it.”",
        [("The border is open … and it will remain open", "Haddad")],
    ),
    (
        "two speakers in one paragraph",
        "“Peace first,” said Ambassador Luis Vega. “Justice first,” replied Ambassador Mei Tan.",
        [("Peace first", "Vega"), ("Justice first", "Tan")],
    ),
    (
        "joint speakers are taken in full",
        "The Prime Minister of Norway and the President of Ghana said that the strait must remain open.",
        [("strait must remain open", "Norway and the President of Ghana")],
    ),
    (
        "according to",
        "According to Foreign Minister Siti Rahman, the talks will resume in May.",
        [("talks will resume", "Rahman")],
    ),
    (
        "a two-part cue",
        "President Moyo accused the rebels of burning the bridge.",
        [("burning the bridge", "Moyo")],
    ),
    (
        "a short answer is a quote",
        "Asked whether he would resign, President Moussa Traoré said “no”.",
        [("no", "Traoré")],
    ),
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("name", "text", "expected"), NETWORK_SHAPES, ids=[s[0] for s in NETWORK_SHAPES])
def test_shapes_with_the_network(name, text, expected, style):
    found = quotes_of(printed(text, style))
    for words, source in expected:
        parts = [printed(p, style) for p in words.split(" … ")]
        hits = [q for q in found if all(p in q.text for p in parts)]
        assert hits, (words, [(q.text, q.source, q.rule) for q in found])
        assert source in (hits[0].source or ""), (words, hits[0].source)


WAITED = ("We have waited for nine years", "said", "Berg")
OPEN = ("The border is open", "said", "Haddad")

SHAPES = [
    # name, text, what the network finds, [(text, cue, source, kind, rule)]
    (
        "an odd mark ends at its paragraph",
        "“We want peace,” Minister Obi said.\n\nThe ministers’ path led to growth”, she added.\n\n“We will wait,” Obi "
        "said.",
        [("We want peace", "said", "Minister Obi"), ("We will wait", "said", "Obi")],
        [
            ("“We want peace,”", "said", "Minister Obi", "direct", "network+marks"),
            ("“We will wait,”", "said", "Obi", "direct", "network+marks"),
        ],
    ),
    (
        "decades and plurals have apostrophes",
        "In the ’90s the ministers’ talks failed. “It’s the ministers’ fault,” Obi said.",
        [("It’s the ministers’ fault", "said", "Obi")],
        [("“It’s the ministers’ fault,”", "said", "Obi", "direct", "network+marks")],
    ),
    (
        "a quotation inside a quotation",
        "“He told me ‹never again› and I agreed,” Moyo said.",
        [("He told me ‹never again› and I agreed", "said", "Moyo")],
        [("“He told me ‹never again› and I agreed,”", "said", "Moyo", "direct", "network+marks")],
    ),
    (
        "of a quotation only what is told inside it was found",
        "“He told me ‹never again› and I agreed at once,” President Lindiwe Moyo said.",
        [("never again", "told", "He")],
        [
            (
                "“He told me ‹never again› and I agreed at once,”",
                "said",
                "President Lindiwe Moyo",
                "direct",
                "beside",
            ),
            ("never again", "told", "He", "direct", "network"),
        ],
    ),
    (
        "the second quotation of a paragraph has its own speaker",
        "“Peace first,” said Luis Vega. “Justice first,” replied Mei Tan.",
        [("Peace first", "said", "Luis Vega"), ("Justice first", "replied", "Mei Tan")],
        [
            ("“Peace first,”", "said", "Luis Vega", "direct", "network+marks"),
            ("“Justice first,”", "replied", "Mei Tan", "direct", "network+marks"),
        ],
    ),
    (
        "quotations that were passed over go to whom the words beside them name",
        "“Peace first,” said Luis Vega. “Justice first,” replied Mei Tan. She added: “And bread.”",
        [],
        [
            ("“Peace first,”", "said", "Luis Vega", "direct", "beside"),
            ("“Justice first,”", "replied", "Mei Tan", "direct", "beside"),
            ("“And bread.”", "added", "She", "direct", "beside"),
        ],
    ),
    (
        "an interrupted sentence is one content",
        "“The border is open,” Haddad said, “and it will remain open.”",
        [OPEN],
        [("“The border is open,” … “and it will remain open.”", "said", "Haddad", "direct", "network+marks")],
    ),
    (
        "what stands between the halves of a sentence belongs to neither",
        "“The border is open,” Haddad said, pointing to the map, “and it will remain open.”",
        [OPEN, ("to the map, “and it will remain open", "pointing", None)],
        [
            ("“The border is open,” … “and it will remain open.”", "said", "Haddad", "direct", "network+marks"),
            ("to the map", "pointing", NOBODY, "indirect", "network+marks"),
        ],
    ),
    (
        "the words behind the cue are none of the content",
        "“The road is closed,” Osei said of the bridge over the river.",
        [(("The road is closed", "the bridge over the river"), "said of", "Osei")],
        [("“The road is closed,”", "said of", "Osei", "direct", "network+marks")],
    ),
    (
        "the next sentence is the same speaker’s",
        "“The border is open,” Haddad said. “It will remain open for all.”",
        [OPEN],
        [
            ("“The border is open,”", "said", "Haddad", "direct", "network+marks"),
            ("“It will remain open for all.”", None, "Haddad", "direct", "running"),
        ],
    ),
    (
        "but not when somebody else has acted in between",
        "“The border is open,” Haddad said. A general behind him shook his head. “It has been closed for weeks.”",
        [OPEN],
        [
            ("“The border is open,”", "said", "Haddad", "direct", "network+marks"),
            ("“It has been closed for weeks.”", None, NOBODY, "direct", "unattributed"),
        ],
    ),
    (
        "paragraphs without cue go on with the same speaker",
        "“We have waited for nine years,” Berg said.\n\n“Next time we bring the elders.”\n\n“They know the valley.”",
        [WAITED],
        [
            ("“We have waited for nine years,”", "said", "Berg", "direct", "network+marks"),
            ("“Next time we bring the elders.”", None, "Berg", "direct", "running"),
            ("“They know the valley.”", None, "Berg", "direct", "running"),
        ],
    ),
    (
        "a paragraph without cue follows a paraphrase",
        "Berg said that the talks had failed.\n\n“Nobody came to meet us there.”",
        [("that the talks had failed", "said", "Berg")],
        [
            ("that the talks had failed", "said", "Berg", "indirect", "network"),
            ("“Nobody came to meet us there.”", None, "Berg", "direct", "running"),
        ],
    ),
    (
        "nobody goes on after the article’s own words",
        "Berg said that the talks had failed. It rained.\n\n“Nobody came to meet us there.”",
        [("that the talks had failed", "said", "Berg")],
        [
            ("that the talks had failed", "said", "Berg", "indirect", "network"),
            ("“Nobody came to meet us there.”", None, NOBODY, "direct", "unattributed"),
        ],
    ),
    (
        "a running speaker who tells what others said",
        "“We failed,” Berg said.\n\n“They told us that the road was closed. So we turned around and went home.”",
        [("We failed", "said", "Berg"), ("that the road was closed", "told", "They")],
        [
            ("“We failed,”", "said", "Berg", "direct", "network+marks"),
            (
                "“They told us that the road was closed. So we turned around and went home.”",
                None,
                "Berg",
                "direct",
                "running",
            ),
            ("that the road was closed", "told", "They", "direct", "network"),
        ],
    ),
    (
        "a quotation that its second paragraph opens anew",
        "“We have waited for nine years,” Berg said.\n\n“Nobody came to help us. Nobody wrote.\n\n“Now we will help "
        "ourselves.”",
        [WAITED],
        [
            ("“We have waited for nine years,”", "said", "Berg", "direct", "network+marks"),
            (
                "“Nobody came to help us. Nobody wrote. … “Now we will help ourselves.”",
                None,
                "Berg",
                "direct",
                "running",
            ),
        ],
    ),
    (
        "a cue in the last of the paragraphs",
        "“Nobody came to help us.\n\n“Nobody wrote.\n\n“Now we will help ourselves,” Berg said.",
        [("Now we will help ourselves", "said", "Berg")],
        [
            (
                "“Nobody came to help us. … “Nobody wrote. … “Now we will help ourselves,”",
                "said",
                "Berg",
                "direct",
                "network+marks",
            )
        ],
    ),
    (
        "a cue in the first of the paragraphs",
        "“We have waited for nine years,” Berg said. “Nobody came.\n\n“Now we will help ourselves.”",
        [(("We have waited for nine years", "Nobody came"), "said", "Berg")],
        [
            (
                "“We have waited for nine years,” … “Nobody came. … “Now we will help ourselves.”",
                "said",
                "Berg",
                "direct",
                "network+marks",
            )
        ],
    ),
    (
        "a name and a colon before a quotation",
        "Foreign Minister Pavel Dvorak: “We shall not recognise the vote.”",
        [],
        [("“We shall not recognise the vote.”", ":", "Foreign Minister Pavel Dvorak", "direct", "label")],
    ),
    (
        "a clause and a colon before a quotation",
        "On Monday, the minister told reporters: “We shall not recognise the vote.”",
        [],
        [("“We shall not recognise the vote.”", "told reporters", "the minister", "direct", "beside")],
    ),
    (
        "a block quotation",
        "In a letter to the council, Chairwoman Ana Lopes wrote:\n\nWe have waited for nine years. Nobody came.\n\nThe "
        "council has not answered.",
        [],
        [("We have waited for nine years. Nobody came.", "wrote", "Chairwoman Ana Lopes", "direct", "label")],
    ),
    (
        "an indented block quotation of two paragraphs",
        "Lopes wrote in a letter:\n\n  We have waited.\n\n  Nobody came.\n\nThe council has not answered.",
        [],
        [("We have waited. … Nobody came.", "wrote", "Lopes", "direct", "label")],
    ),
    (
        "a block quotation of which the network found a part",
        "Lopes wrote in a letter:\n\nWe have waited for nine years. Nobody came.\n\nThe council has not answered.",
        [("We have waited for nine years", "wrote", "Lopes")],
        [("We have waited for nine years. Nobody came.", "wrote", "Lopes", "direct", "network+marks")],
    ),
    (
        "a block quotation in quotation marks",
        "Lopes wrote in a letter:\n\n“We have waited for nine years. Nobody came.”\n\nThe council has not answered.",
        [],
        [("“We have waited for nine years. Nobody came.”", "wrote", "Lopes", "direct", "beside")],
    ),
    ("a colon that introduces no words", "The parties have two demands:\n\nAn end to the war.\n\nIt rained.", [], []),
    (
        "a signature",
        "Quote of the day\n\n“There is no peace without bread.” – Chairwoman Ana Lopes",
        [],
        [("“There is no peace without bread.”", "–", "Chairwoman Ana Lopes", "direct", "signature")],
    ),
    (
        "a signature on the next line",
        "“There is no peace without bread.”\n— Ana Lopes, chair of the council\n\nIt rained.",
        [],
        [("“There is no peace without bread.”", "—", "Ana Lopes, chair of the council", "direct", "signature")],
    ),
    (
        "signatures that the network took for those of the next",
        "“We waited for bread.” ― Ana Lopes\n“We waited for peace.” ― Karim Haddad",
        [("We waited for peace", "―", "Ana Lopes")],
        [
            ("“We waited for bread.”", "―", "Ana Lopes", "direct", "signature"),
            ("“We waited for peace.”", "―", "Karim Haddad", "direct", "signature"),
        ],
    ),
    ("a dash that signs nothing", "“We will go” – the soldiers left the room yesterday.", [], []),
    (
        "a headline with a name before the quotation",
        "Haddad: “We will not go”\n\nIt rained all day.",
        [],
        [("“We will not go”", ":", "Haddad", "direct", "label")],
    ),
    (
        "a headline with a name behind the quotation",
        "“We will not go” - Haddad\n\nIt rained all day.",
        [],
        [("“We will not go”", "-", "Haddad", "direct", "signature")],
    ),
    (
        "a headline with a colon behind the quotation",
        "“We will not go”: Haddad\n\nIt rained all day.",
        [],
        [("“We will not go”", ":", "Haddad", "direct", "signature")],
    ),
    (
        "a headline with a vow",
        "Haddad vows “to stay”\n\nIt rained all day.",
        [("to stay", "vows", "Haddad")],
        [("“to stay”", "vows", "Haddad", "direct", "network+marks")],
    ),
    (
        "an embedded post",
        "The minister replied.\n\nWe will not recognise the vote. pic.twitter.com/abc\n— Ana Lopes (@analopes) May 5, "
        "2024\n\nIt rained.",
        [("the vote", "recognise", "We")],
        [("We will not recognise the vote.", "—", "Ana Lopes", "direct", "signature")],
    ),
    (
        "an embedded post in one line",
        "We will not recognise the vote. — Ana Lopes (@analopes) 5 May 2024",
        [],
        [("We will not recognise the vote.", "—", "Ana Lopes", "direct", "signature")],
    ),
    (
        "questions and answers",
        "Q: Will you sign it?\nA: We will. I think that it is fair.\nQ: And the prisoners?\nA: They go home.",
        [("that it is fair", "think", "I")],
        [
            ("Will you sign it?", ":", "Q", "direct", "label"),
            ("We will. I think that it is fair.", ":", "A", "direct", "label"),
            ("And the prisoners?", ":", "Q", "direct", "label"),
            ("They go home.", ":", "A", "direct", "label"),
        ],
    ),
    (
        "questions and answers with full stops",
        "Q. Will you sign it?\n\nA. We will.\n\nQ. And the prisoners?\n\nA. They go home.",
        [],
        [
            ("Will you sign it?", ".", "Q", "direct", "label"),
            ("We will.", ".", "A", "direct", "label"),
            ("And the prisoners?", ".", "Q", "direct", "label"),
            ("They go home.", ".", "A", "direct", "label"),
        ],
    ),
    (
        "a transcript",
        "OSEI: Welcome.\n\nHADDAD (through an interpreter): Thank you. Moyo said that we had lost, but we won.\n\n"
        "Nobody lost.\n\n(APPLAUSE)\n\nOSEI: Who won, then?\n\nIt rained.",
        [("that we had lost", "said", "Moyo")],
        [
            ("Welcome.", ":", "OSEI", "direct", "label"),
            (
                "Thank you. Moyo said that we had lost, but we won. … Nobody lost.",
                ":",
                "HADDAD (through an interpreter)",
                "direct",
                "label",
            ),
            ("that we had lost", "said", "Moyo", "indirect", "network"),
            ("Who won, then?", ":", "OSEI", "direct", "label"),
        ],
    ),
    (
        "an interview with the newspaper’s name",
        "The Herald: Will you sign it?\n\nHaddad: On Monday.\n\nThe Herald: And the prisoners?\n\n"
        "Haddad: They go home.",
        [],
        [
            ("Will you sign it?", ":", "The Herald", "direct", "label"),
            ("On Monday.", ":", "Haddad", "direct", "label"),
            ("And the prisoners?", ":", "The Herald", "direct", "label"),
            ("They go home.", ":", "Haddad", "direct", "label"),
        ],
    ),
    (
        "a cue that comes a second time",
        "Moyo said that the pass is open and said that it will stay so.",
        [("that the pass is open and said that it will stay so", "said", "Moyo")],
        [
            ("that the pass is open", "said", "Moyo", "indirect", "network+marks"),
            ("that it will stay so", "said", "Moyo", "indirect", "network+marks"),
        ],
    ),
    (
        "a cue that comes a second and a third time",
        "Moyo called for talks and also called for a truce, but called for patience.",
        [("talks and also called for a truce, but called for patience", "called for", "Moyo")],
        [
            ("talks", "called for", "Moyo", "indirect", "network+marks"),
            ("a truce", "called for", "Moyo", "indirect", "network+marks"),
            ("patience", "called for", "Moyo", "indirect", "network+marks"),
        ],
    ),
    (
        "a passive behind a quotation is no second cue",
        "Moyo said “we won” and said to be safe.",
        [("“we won” and said to be safe", "said", "Moyo")],
        [("“we won” and said to be safe", "said", "Moyo", "mixed", "network")],
    ),
    (
        "a passive is no second cue",
        "Moyo said that the pass is open and said to be safe.",
        [("that the pass is open and said to be safe", "said", "Moyo")],
        [("that the pass is open and said to be safe", "said", "Moyo", "indirect", "network")],
    ),
    (
        "a cue that comes a second time inside the quotation",
        "Moyo said, “He came and said that it will stay so.”",
        [("“He came and said that it will stay so.”", "said", "Moyo")],
        [("“He came and said that it will stay so.”", "said", "Moyo", "direct", "network")],
    ),
    (
        "a content that ends in a loose word",
        "Moyo denounced the bombing – and praised the rescuers.",
        [("the bombing – and", "denounced", "Moyo"), ("the rescuers", "praised", "")],
        [
            ("the bombing", "denounced", "Moyo", "indirect", "network+marks"),
            ("the rescuers", "praised", NOBODY, "indirect", "network"),
        ],
    ),
    (
        "words kept apart from source and cue are of another clause",
        "In a letter about the visit to Oslo in May, Moyo praised the pact.",
        [(("the visit", "the pact"), "praised", "Moyo")],
        [("the pact", "praised", "Moyo", "indirect", "network+marks")],
    ),
    (
        "an interrupted paraphrase keeps both parts",
        "The visit to Oslo, long prepared, Moyo said, is off.",
        [(("The visit to Oslo", "is off"), "said", "Moyo")],
        [("The visit to Oslo … is off", "said", "Moyo", "indirect", "network")],
    ),
    (
        "a relative pronoun belongs to what is said next",
        "Moyo urged others not to enter the zone, which the rebels claim.",
        [(("others not to enter the zone", "which"), "urged", "Moyo")],
        [("others not to enter the zone", "urged", "Moyo", "indirect", "network+marks")],
    ),
    (
        "a relative pronoun and one word belong to what is said next",
        "Moyo urged others not to enter the zone, which rebels claim.",
        [(("others not to enter the zone", "which rebels"), "urged", "Moyo")],
        [("others not to enter the zone", "urged", "Moyo", "indirect", "network+marks")],
    ),
    ("site labels are no transcript", "Watch: The vote\nPhoto: Agency\nWatch: What is next\nPhoto: Agency", [], []),
    ("a list is no transcript", "When: 10 May\nWhere: Accra\nWhen: 11 May\nWhere: Lagos", [], []),
    ("one name and a colon is no transcript", "The result:\n\nHADDAD: 51 per cent\n\nIt rained.", [], []),
    ("scare quotes", "The so-called “republic” held a “referendum of the people” under the eyes of soldiers.", [], []),
    ("titles", "He spoke on “The Evening Show of Accra,” and on “The State of the Nation.” It rained.", [], []),
    (
        "a sentence of nobody’s",
        "It rained. “Nobody wants this war to go on.” The crowd left.",
        [],
        [("“Nobody wants this war to go on.”", None, NOBODY, "direct", "unattributed")],
    ),
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("name", "text", "found", "expected"), SHAPES, ids=[s[0] for s in SHAPES])
def test_shapes(name, text, found, expected, style):
    text = printed(text, style)
    given_by_hand = [
        (tuple(printed(part, style) for part in ([said] if isinstance(said, str) else said)), cue, source)
        for said, cue, source in found
    ]
    quotes = find_quotes(Article("a", text), reading(text, *given_by_hand))
    assert [(q.text, q.cue, q.source, q.kind, q.rule) for q in quotes] == [
        (printed(words, style), *rest) for words, *rest in expected
    ]
    assert not any(q.negated for q in quotes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('“I agree." He said “no”.', ['“I agree."', "“no”"]),
        ('"I agree,” he said. «No», she said.', ['"I agree,”', "«No»"]),
        ('‘I agree,’ he said. "No." “Yes.”', ["‘I agree,’", '"No."', "“Yes.”"]),
        ("″I agree,″ he said. ´No.´", ["″I agree,″", "´No.´"]),
        ("„Ich will“, sagte er. « Non », dit-elle.", ["„Ich will“", "« Non »"]),
    ],
)
def test_marks_of_several_types_in_one_text(text, words):
    assert [text[p.start : p.end] for p in pair_marks(text).outermost()] == words


NEGATED = [
    ("Minister Obi never said that the talks had failed.", "that the talks had failed", "said", True),
    ("President Moyo denied that his troops had left.", "that his troops had left", "denied", True),
    ("Envoy Berg did not say that the convoy came.", "that the convoy came", "say", True),
    ("Envoy Berg didn’t say “we are lost”.", "we are lost", "say", True),
    ("Minister Obi said that the talks had failed.", "that the talks had failed", "said", False),
    ("President Moyo said his troops had never left.", "his troops had never left", "said", False),
    ("“We will not go,” said Berg.", "We will not go", "said", False),
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("text", "content", "cue", "negated"), NEGATED)
def test_denied_reports(text, content, cue, negated, style):
    text = printed(text, style)
    (quote,) = find_quotes(Article("a", text), reading(text, (content, cue, None)))
    assert quote.negated == negated


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "found",
    [
        ("The bridge will be rebuilt", "said", "President Moyo"),
        ("The bridge will be rebuilt,” President Moyo said", "according to", "Hanna Berg"),
    ],
)
def test_the_second_hand_is_kept(found, style):
    text = printed("“The bridge will be rebuilt,” President Moyo said, according to Hanna Berg.", style)
    (quote,) = find_quotes(Article("a", text), reading(text, (printed(found[0], style), *found[1:])))
    assert (quote.source, quote.via) == ("President Moyo", "Hanna Berg")
    assert quote.text == printed("“The bridge will be rebuilt,”", style)


def test_who_issues_a_document_is_its_source():
    text = "On Friday, lawmakers unanimously passed a resolution demanding that the bases be closed."
    (quote,) = find_quotes(Article("a", text), reading(text, ("that the bases be closed", "demanding", "a resolution")))
    assert quote.source == "lawmakers"


def test_a_content_runs_to_the_end_of_the_headline():
    title = "Moyo Calls for Ghana-Togo Border Talks"
    text = f"{title}\n\nIt rained all day."
    headline = Article("a", text, regions=(Region("headline", 0, len(title)),))
    (quote,) = find_quotes(headline, reading(text, ("Ghana-Togo", "Calls for", "Moyo")))
    assert (quote.text, quote.section) == ("Ghana-Togo Border Talks", "headline")


def test_captions_and_furniture_are_left_out():
    caption = "“We will wait for the others,” Obi said. Photo: Agency"
    text = f"{caption}\n\n“We have arrived,” Berg said."
    article = Article("a", text, regions=(Region("caption", 0, len(caption)),))
    assert [q.source for q in find_quotes(article, reading(text))] == ["Berg"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“We will wait here,”", "direct"),
        ("that they would “wait here” for long", "mixed"),
        ("that they would wait", "indirect"),
    ],
)
def test_kinds(text, kind):
    assert quote_kind(text, [(0, len(text))], pair_marks(text)) == kind


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="“”\"‘’'«» \nabc.,:—Osaid", max_size=250))
def test_offsets_are_exact_on_any_text(text):
    for quote in quotes_of(text):
        assert quote.text == " … ".join(text[s:e] for s, e in quote.spans)
        assert quote.spans == tuple(sorted(quote.spans))
        if quote.source is not None:
            assert text[quote.source_start : quote.source_end] == quote.source
        if quote.cue is not None:
            assert text[quote.cue_start : quote.cue_end] == quote.cue


def test_a_text_that_was_not_read_still_gives_its_quotations():
    text = "“There is no peace without bread for everyone.” – Ana Lopes"
    (quote,) = find_quotes(Article("a", text), Reading(text, (), ()))
    assert (quote.source, quote.rule) == ("Ana Lopes", "signature")
