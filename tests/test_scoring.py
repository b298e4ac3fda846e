"""How much of what a coder finds is right, and how sure it was."""

import pandas as pd
import pytest

from toolkit import scoreplots, scoring
from toolkit.codebook import Codebook, Issue, load_codebook
from toolkit.sides import Finding


def issue(name):
    return Issue(id=name, label=name, proposition=f"{name} should go on", supports="wants it", opposes="wants its end")


HARBOUR = Codebook("harbour", "1", "0" * 64, (issue("fishing"), issue("whaling")))
CODED = [
    {"text": "fishing+ praise", "issue": "fishing", "stance": 1},
    {"text": "fishing+ fishing+", "issue": "fishing", "stance": -1},
    {"text": "fishing+ ceasefire+", "issue": None, "stance": None},
    {"text": "no more", "issue": "fishing", "stance": 1},
]


class Echo:
    """Finds what stands in the text itself, surer of later words."""

    name = "echo"

    def find(self, text, reading, sentences, codebook, *, skip=()):
        words = text.split()
        return [Finding(w, 0.5 + 0.3 * n, (0, 1), (0, len(text))) for n, w in enumerate(words) if w[-1] in "+-"]


def test_the_passages_can_be_judged():
    table = scoring.passages()
    assert table["id"].nunique() == 720
    assert set(table["kind"]) == {"news", "formal"}
    assert table.loc[table["issue"].isna(), "stance"].isna().all()
    book = load_codebook()
    judged = scoring.judged(Echo(), book, table.head(40))
    coded = table.head(40).dropna(subset=["issue"]).drop_duplicates(["text", "issue", "stance"])
    assert judged["coded"].sum() == len(coded)


def test_every_side_that_was_coded_or_found_has_a_row():
    table = scoring.judged(Echo(), HARBOUR, CODED)
    assert table[["issue", "stance", "coded", "found"]].values.tolist() == [
        ["fishing", 1, True, True],
        ["fishing", 1, False, True],
        ["fishing", -1, True, False],
        ["fishing", 1, False, True],
        ["fishing", 1, True, False],
    ]
    assert table["confidence"].tolist()[:2] == [0.5, 0.8]
    assert table["confidence"].isna().tolist() == [False, False, True, False, True]


def test_scores():
    table = scoring.score(Echo(), HARBOUR, CODED)
    assert table["issue"].tolist() == ["fishing", "whaling", "all"]
    assert table.loc[0, ["coded", "found", "right"]].tolist() == [3, 3, 1]
    assert table.loc[0, ["precision", "recall", "f1"]].tolist() == pytest.approx([1 / 3] * 3)
    assert table.loc[1, ["precision", "recall", "f1"]].isna().all()
    pd.testing.assert_series_equal(table.loc[0].drop("issue"), table.loc[2].drop("issue"), check_names=False)


SIDES = pd.DataFrame(
    {
        "found": [True, True, True, True, False],
        "coded": [True, True, True, False, True],
        "confidence": pd.array([0.95, 1.0, 0.62, 0.68, pd.NA], dtype="Float64"),
    }
)


def test_reliability_compares_confidence_with_what_was_right():
    table = scoring.reliability(SIDES)
    assert table["n"].tolist() == [2, 2]
    assert table["from"].tolist() == pytest.approx([0.6, 0.9])
    assert table["confidence"].tolist() == pytest.approx([0.65, 0.975])
    assert table["right"].tolist() == [0.5, 1.0]
    assert table.attrs["error"] == pytest.approx((2 * 0.15 + 2 * 0.025) / 4)


def test_nothing_found_has_no_error():
    table = scoring.reliability(SIDES[~SIDES["found"]])
    assert (len(table), table.attrs["error"]) == (0, 0.0)
    assert "No side" in scoreplots.reliability(table).texts[0].get_text()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: scoring.reliability(SIDES.drop(columns="coded")), "coded"),
    (lambda: scoring.reliability(SIDES, bins=1), "bins is 1; expected at least 2"),
    (lambda: scoreplots.reliability(SIDES), "Give what scoring.reliability returns"),
])  # fmt: skip
def test_wrong_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_figure_draws_the_table():
    table = scoring.reliability(SIDES)
    ax = scoreplots.reliability(table)
    drawn = ax.collections[0].get_offsets().tolist()
    assert drawn == [pytest.approx(row) for row in table[["confidence", "right"]].to_numpy(float).tolist()]
    assert [t.get_text() for t in ax.texts] == ["2", "2"]
    assert "0.088" in ax.get_title(loc="left")
