from __future__ import annotations

import dataclasses
import hashlib
import re
from pathlib import Path

import pytest

import toolkit.codebook
from toolkit.codebook import load_codebook

MINIMAL = """
name = "Water"
version = "0.1"

[[issue]]
id = "dams"
label = "Dams"
proposition = "Dams on shared rivers need the consent of those downstream."
supports = "Asking for consent."
opposes = "Calling a dam nobody else's business."
phrases_support = ["prior consultation"]
phrases_oppose = ["our river"]
"""

ISSUES = [
    "negotiation", "ceasefire", "withdrawal", "use_of_force", "territorial_integrity", "annexation",
    "international_law", "military_support", "alliance", "sanctions", "humanitarian", "accountability",
    "nuclear_safety", "un_role",    "national_ownership", "democracy_rights", "cooperation",
]  # fmt: skip


def write(folder: Path, text: str) -> Path:
    path = folder / "water.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_codebook_is_complete() -> None:
    codebook = load_codebook()
    assert [issue.id for issue in codebook.issues] == ISSUES
    for issue in codebook.issues:
        assert issue.proposition.endswith(".")
        assert issue.excludes
        for phrases in (issue.phrases_support, issue.phrases_oppose):
            assert len(phrases) >= 12
            assert all(p == p.lower() and p == p.strip() for p in phrases)
        assert len(issue.label) <= 40
    assert [int(rule.split(".")[0]) for rule in codebook.rules[1:]] == list(range(1, 12))


def test_no_phrase_speaks_for_opposite_sides_of_two_issues() -> None:
    sides: dict[str, set[str]] = {}
    for issue in load_codebook().issues:
        for phrase in (*issue.phrases_support, *issue.phrases_oppose):
            sides.setdefault(phrase, set()).add(issue.id)
    assert {phrase: ids for phrase, ids in sides.items() if len(ids) > 1} == {}


def test_the_checksum_is_that_of_the_file() -> None:
    data = (Path(toolkit.codebook.__file__).parent / "data" / "conflict_diplomacy.toml").read_bytes()
    assert load_codebook().sha256 == hashlib.sha256(data).hexdigest()


def test_a_codebook_of_ones_own(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)
    codebook = load_codebook(path)
    assert codebook == load_codebook(str(path))
    assert (codebook.name, codebook.version, codebook.rules, codebook["dams"].excludes) == ("Water", "0.1", (), "")
    assert codebook["dams"].phrases_oppose == ("our river",)
    assert repr(codebook) == f"<Codebook 'Water', version 0.1: 1 issue, sha256 {codebook.sha256[:12]}>"
    with pytest.raises(dataclasses.FrozenInstanceError):
        codebook.name = "Wine"


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "water.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load_codebook(path)["dams"].label == "Dams"


def test_the_table(tmp_path: Path) -> None:
    frame = load_codebook(write(tmp_path, MINIMAL)).table()
    assert list(frame.columns) == [
        "issue", "label", "proposition", "supports", "opposes", "excludes", "phrases_support", "phrases_oppose",
    ]  # fmt: skip
    assert frame.loc[0, "issue"] == "dams"
    assert frame.loc[0, "phrases_support"] == ["prior consultation"]
    assert load_codebook().table()["issue"].tolist() == ISSUES


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("supports =", "suports =", "issue 'dams': unknown key 'suports'; .* Did you mean 'supports'?"),
        ("supports =", "colour =", "issue 'dams': unknown key 'colour'; .* Rename or remove it."),
        ("version =", "versoin =", "unknown key 'versoin'; known keys are name, version, .* Did you mean 'version'?"),
        ("[[issue]]", "[[issues]]", "unknown key 'issues'; .* Did you mean 'issue'?"),
        ('version = "0.1"', "", "the key 'version' is missing; add a text"),
        ('id = "dams"', "", r"\[\[issue\]\] number 1: the key 'id' is missing"),
        ('label = "Dams"', "", "issue 'dams': the key 'label' is missing"),
        ('version = "0.1"', "version = 0.1", "'version' is 0.1; it must be a text between quotation marks"),
        ('["our river"]', '"our river"', "'phrases_oppose' is 'our river'; it must be a list of texts"),
        ('["our river"]', '["our river", 3]', r"'phrases_oppose' is \['our river', 3\]; it must be a list of texts"),
        (
            '"Dams on shared rivers need the consent of those downstream."', '" "',
            "'proposition' is ' '; it must be .* not empty",
        ),
        ('id = "dams"', 'id = "Big dams"', "'id' is 'Big dams'; it must start with a lower-case letter"),
        ('["our river"]', '["Prior consultation"]', "the phrase 'prior consultation' stands twice"),
        ('name = "Water"', 'name = "Water', "is not valid TOML: .*line 2.* Mend that line"),
        ('[[issue]]\n', '[issue]\n', "'issue' is .*; it must be one or more blocks"),
    ],
)  # fmt: skip
def test_mistakes_are_refused_with_the_cure(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert MINIMAL.count(old) == 1
    path = write(tmp_path, MINIMAL.replace(old, new))
    with pytest.raises(ValueError, match=f"(?s)codebook {re.escape(str(path))}.*{message}"):
        load_codebook(path)


def test_a_repeated_id_or_label_is_refused(tmp_path: Path) -> None:
    block = MINIMAL[MINIMAL.index("[[issue]]") :]
    with pytest.raises(ValueError, match="the id 'dams' stands twice; rename or remove"):
        load_codebook(write(tmp_path, MINIMAL + block))
    with pytest.raises(ValueError, match="the label 'Dams' stands twice"):
        load_codebook(write(tmp_path, MINIMAL + block.replace('"dams"', '"barrages"')))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    with pytest.raises(FileNotFoundError, match=r"watr\.toml does not exist\. Did you mean 'water\.toml'\?"):
        load_codebook(tmp_path / "watr.toml")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load_codebook(tmp_path / "nowhere" / "water.toml")
    with pytest.raises(ValueError, match=r"is a folder; give the path of a \.toml file"):
        load_codebook(tmp_path)
    (tmp_path / "latin.toml").write_bytes('name = "Ca\xf1o"'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"latin\.toml is not UTF-8 text \(byte 10"):
        load_codebook(tmp_path / "latin.toml")


def test_an_unknown_issue_is_named_with_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"no issue 'cease_fire'.*Did you mean 'ceasefire'"):
        load_codebook()["cease_fire"]
