"""Codes positions and appraisals: who takes which side on which issue, and who criticises or praises whom.

``sides.py`` finds which sides a sentence takes, with the words that carry them (the evidence), and the network points
to the name of whose position it is. Rules then decide the actor, in this order:

1. ``quote``: the evidence lies in an attribution's content or cue: its speakers, each of them (in a speech not where
   the network is sure that the actor is nobody whom the text names: "we all know that ...").
2. ``reported``: before that, where the network is rather sure that it is somebody named within indirect words ("The
   envoy said Turkey did not want ..."): that actor, and the speaker who reports it has no side.
3. ``pointer``: the network points to a mention of an actor: that actor, and those joined to it by "and"
   (``headline pointer`` in a headline).
4. ``speaker``: the whole text is one speaker's speech, and the network points to nobody in it: the speaker.
5. ``vote``: a named voter takes the positions of the resolution it votes for, and the opposite ones of a resolution
   it votes against.

A side in an attribution that the article denies ("never said that ...") is no position; an attitude that somebody does
not have ("does not want ...") is one, and the network has read the "not". At most one position stands
for each actor, issue and sentence: the surer side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.codebook import Codebook
from toolkit.coders import fit as fit  # the public way in: toolkit.positions.fit
from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.quotes import LEFT_OUT
from toolkit.records import Appraisal, Article, Mention, Position, Quote, Span, Vote
from toolkit.sides import Finding
from toolkit.sources import RELATIVES
from toolkit.stretches import Placed

POINTER_MINIMUM = 0.2
"""The pointer to an actor counts from this probability, and from half of what the likeliest actor has."""
OWN_WORDS = 0.9
"""In a speech, a side is the speaker's where nobody in the text is pointed to with at least this probability."""

REPORTED = 0.8
"""Somebody named in a speaker's indirect words takes the side if the pointer's certainty is at least this."""


@dataclass(frozen=True)
class Actor:
    """Who takes a side, how that was decided, and in which attribution."""

    name: str
    role: str | None
    rule: str
    quote: Quote | None = None
    certainty: float = 1.0


def code_positions(
    article: Article,
    findings: Sequence[Finding],
    quotes: Sequence[Quote],
    mentions: Sequence[Mention],
    votes: Sequence[Vote],
    codebook: Codebook,
) -> list[Position]:
    """Code the positions of one article.

    Args:
        article: The article or speech.
        findings: From ``find_sides`` and ``find_phrases``.
        quotes: Attributions with their speakers.
        mentions: Mentions of actors.
        votes: Reported votes.
        codebook: Issues to code; what the network finds on other issues is left out.

    Returns:
        Positions in text order, numbered.
    """
    issues = {issue.id for issue in codebook.issues}
    around = Around(quotes, mentions)
    drafts = []
    for finding in findings:
        issue, stance = finding.label[:-1], 1 if finding.label.endswith("+") else -1
        if issue in issues:
            for actor in decide_actors(article, finding, around):
                drafts.append(_position(article, finding, actor, issue, stance))
    drafts += _from_votes(article, votes, findings, issues)
    best: dict[tuple[str, str, Span], Position] = {}
    spans = sorted({f.sentence for f in findings} | {(v.start, v.end) for v in votes})
    sentences = Placed((span, span) for span in spans)
    for draft in drafts:
        here = sentences.touching(draft.start, draft.start + 1)
        sentence = here[0][1] if here else (draft.start, draft.end)
        key = (draft.actor, draft.issue, sentence)
        if key not in best or draft.confidence > best[key].confidence:
            best[key] = draft
    ordered = sorted(best.values(), key=lambda p: (p.start, p.end, p.issue, p.actor))
    return [replace(p, position_id=f"{article.article_id}:p{n}") for n, p in enumerate(ordered, 1)]


def code_appraisals(
    article: Article, findings: Sequence[Finding], quotes: Sequence[Quote], mentions: Sequence[Mention]
) -> list[Appraisal]:
    """Code who criticises or praises whom, in text order.

    States bear the names that the United Nations use ("Russian Federation"), as actor and as target; the target is
    None where none is identifiable. What is blamed on a state's government, army or authorities is blamed on the state.
    In a speech, criticism that is nobody else's is the speaker's, and so is criticism of the one who is quoted.
    """
    gazetteer = load_gazetteer()
    around = Around(quotes, mentions)
    appraisals = []
    for finding in findings:
        if finding.label not in ("praise", "criticism"):
            continue
        target = _official(find_target(finding, around), gazetteer)
        actors = decide_actors(article, finding, around)
        if article.speaker and (not actors or target in [_official(actor.name, gazetteer) for actor in actors]):
            actors = [Actor(article.speaker, None, "speaker")]
        for actor in actors:
            name = _official(actor.name, gazetteer) or actor.name
            if name != target:
                appraisals.append(
                    Appraisal(
                        article_id=article.article_id,
                        date=article.date,
                        actor=name,
                        target=target,
                        polarity=1 if finding.label == "praise" else -1,
                        text=article.text[slice(*finding.evidence)],
                        start=finding.evidence[0],
                        end=finding.evidence[1],
                        quote_id=actor.quote.quote_id if actor.quote else None,
                        rule=actor.rule,
                        confidence=round(finding.probability * actor.certainty, 4),
                    )
                )
    return sorted(appraisals, key=lambda a: (a.start, a.end, a.actor, a.polarity))


class Around:
    """Where the attributions and mentions of an article stand.

    A relative clause about no actor ("the order, which does not accept ...") is left to whoever says the sentence.

    Args:
        quotes: Attributions with their speakers.
        mentions: Mentions of actors.
    """

    def __init__(self, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> None:
        named = [(n, q) for n, q in enumerate(quotes) if q.speakers and q.source is not None]
        self.sizes = [sum(end - start for start, end in q.spans) for q in quotes]
        heard = [(n, q) for n, q in enumerate(quotes) if q.speakers or str(q.source).lower() not in RELATIVES]
        self.contents = Placed((span, (n, q)) for n, q in heard for span in _parts(q))
        self.sources = Placed(((q.source_start or 0, q.source_end or 0), (n, q)) for n, q in named)
        self.mentions = Placed(((m.start, m.end), m) for m in mentions)

    def covering(self, start: int, end: int, core: Span | None = None) -> Quote | None:
        """Give the attribution that evidence stands in.

        Of several it is the one with the heaviest word ("While A insists on ..., B wants ..."), of those one whose
        speakers are known, then the one of whose content or cue the evidence has most words, then the innermost.

        Args:
            start: Where the evidence begins.
            end: Where it ends.
            core: Its heaviest word, or None.
        """
        shared: defaultdict[int, int] = defaultdict(int)
        found: dict[int, Quote] = {}
        holding = set()
        for (first, last), (number, quote) in self.contents.touching(start, end):
            shared[number] += min(end, last) - max(start, first)
            found[number] = quote
            if core and first <= core[0] < last:
                holding.add(number)
        known = {n for n in holding if found[n].speakers}
        best = max(found, key=lambda n: (n in holding, n in known, shared[n], -self.sizes[n], -n), default=None)
        return found[best] if best is not None and shared[best] >= 0.3 * (end - start) else None

    def actors_at(self, position: int) -> list[Actor]:
        """Give whom a word names: the speakers of the source that it stands in, or the mention."""
        sources = [item for _, item in self.sources.touching(position, position + 1)]
        if sources:
            quote = min(sources, key=lambda item: item[0])[1]
            return [Actor(name, quote.role, "pointer", quote) for name in quote.speakers]
        return [Actor(m.actor, m.role, "pointer") for m in self.mentioned_at(position)]

    def mentioned_at(self, position: int) -> list[Mention]:
        """Give the mentions that a word stands in."""
        return [mention for _, mention in self.mentions.touching(position, position + 1)]


def _parts(quote: Quote) -> Iterator[Span]:
    """Give where an attribution's content and its cue stand."""
    yield from quote.spans
    if quote.cue_start is not None and quote.cue_end is not None:
        yield quote.cue_start, quote.cue_end


def decide_actors(article: Article, finding: Finding, around: Around) -> list[Actor]:
    """Decide whose side it is by the rules of this module's docstring; nobody where none of them applies."""
    quote = around.covering(*finding.evidence, finding.core)
    if quote and quote.negated and quote.act != "attitude":
        return []
    if article.speaker and finding.unnamed() >= OWN_WORDS:
        return [Actor(article.speaker, None, "speaker")]
    if quote and (reported := _reported_actors(finding, around, quote)):
        return reported
    if quote and quote.speakers:
        return [Actor(name, quote.role, "quote", quote) for name in quote.speakers]
    pointed = _pointed_actors(finding, around)
    if article.speaker:
        own = _official(article.speaker, load_gazetteer())
        if not pointed or own in [_official(actor.name, load_gazetteer()) for actor in pointed]:
            return [Actor(article.speaker, None, "speaker")]
    if pointed:
        return pointed
    if quote and quote.source:
        return [Actor(quote.source, quote.role, "quote", quote, 0.7)]
    return []


def find_target(finding: Finding, around: Around) -> str | None:
    """Give the actor that the network sees criticised or praised, or None."""
    shares: defaultdict[str, float] = defaultdict(float)
    for word, share in finding.pointed("target"):
        for mention in around.mentioned_at(word[0]):
            shares[_answerable(mention)] += share
    likeliest = max(sorted(shares), key=lambda name: shares[name], default=None)
    return likeliest if likeliest and shares[likeliest] >= POINTER_MINIMUM else None


def _answerable(mention: Mention) -> str:
    """Give the state for a part of it without an entry of its own ("the Russian army"), else the actor."""
    gazetteer = load_gazetteer()
    part = mention.label in ("group", "organisation") and gazetteer.lookup(mention.actor) is None
    state = gazetteer.states.get(mention.country or "") if part else None
    return (state.un_name if state else None) or mention.actor


def _official(name: str | None, gazetteer: Gazetteer) -> str | None:
    """Give the name that the United Nations use for a state; any other name stays as it is."""
    entry = gazetteer.lookup(name) if name else None
    if entry and entry.label == "state" and entry.country:
        return gazetteer.states[entry.country].un_name
    return name


def _reported_actors(finding: Finding, around: Around, quote: Quote) -> list[Actor]:
    """Give whose side a speaker reports: actors named in his indirect words, if the network is rather sure of them.

    What somebody thinks or wants of others ("they hope that Yaoundé will accept ...") stays his own side.
    """
    if quote.kind == "direct" or quote.act == "attitude":
        return []
    actors = _pointed_actors(finding, around, quote.spans)
    sure = actors and actors[0].certainty >= REPORTED and not {a.name for a in actors} & set(quote.speakers)
    return [replace(actor, rule="reported", quote=quote) for actor in actors] if sure else []


def _pointed_actors(finding: Finding, around: Around, within: Sequence[Span] | None = None) -> list[Actor]:
    """Give the actors to whom the network points with enough probability, all words of their names together.

    Args:
        finding: The side or appraisal.
        around: What stands in the article.
        within: Stretches in which they must be named; None for anywhere.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    actors: dict[str, Actor] = {}
    for word, share in finding.pointed("actor"):
        if within is not None and not any(start <= word[0] < end for start, end in within):
            continue
        for actor in around.actors_at(word[0]):
            shares[actor.name] += share
            actors.setdefault(actor.name, actor)
    enough = max(POINTER_MINIMUM, max(shares.values(), default=0.0) / 2)
    kept = sorted(name for name, share in shares.items() if share >= enough)
    certainty = min(1.0, sum(shares[name] for name in kept)) ** 0.5
    return [replace(actors[name], certainty=certainty) for name in kept]


def _position(article: Article, finding: Finding, actor: Actor, issue: str, stance: int) -> Position:
    kind = actor.quote.kind if actor.quote else "speech" if actor.rule == "speaker" else "report"
    in_headline = kind == "report" and article.section(finding.evidence[0]) == "headline"
    return Position(
        article_id=article.article_id,
        position_id="",
        date=article.date,
        actor=actor.name,
        role=actor.role,
        issue=issue,
        stance=stance,
        text=article.text[slice(*finding.evidence)],
        start=finding.evidence[0],
        end=finding.evidence[1],
        quote_id=actor.quote.quote_id if actor.quote else None,
        kind=kind,
        rule=f"headline {actor.rule}" if in_headline else actor.rule,
        confidence=round(finding.probability * actor.certainty, 4),
    )


def _from_votes(
    article: Article, votes: Sequence[Vote], findings: Sequence[Finding], issues: set[str]
) -> Iterator[Position]:
    """Give a named voter the positions of its resolution, read where the article says what the resolution demands."""
    subjects = {vote.subject: article.text.find(vote.subject) for vote in votes if vote.subject}
    passages = Placed((finding.evidence, finding) for finding in findings)
    for vote in votes:
        sign = {"for": 1, "against": -1}.get(vote.vote or "", 0)
        where = subjects.get(vote.subject or "", -1)
        if not (sign and vote.voter and vote.subject) or where < 0:
            continue
        for _, finding in passages.touching(where, where + len(vote.subject)):
            issue, stance = finding.label[:-1], 1 if finding.label.endswith("+") else -1
            if issue in issues:
                yield Position(
                    article_id=article.article_id,
                    position_id="",
                    date=article.date,
                    actor=vote.voter,
                    role=None,
                    issue=issue,
                    stance=sign * stance,
                    text=article.text[vote.start : vote.end],
                    start=vote.start,
                    end=vote.end,
                    quote_id=None,
                    kind="vote",
                    rule="vote",
                    confidence=round(finding.probability, 4),
                )


def left_out(article: Article) -> list[Span]:
    """Give the stretches of an article in which nothing is coded."""
    return [(r.start, r.end) for r in article.regions if r.kind in LEFT_OUT]
