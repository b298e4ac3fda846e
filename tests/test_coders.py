"""Coders: fitted on examples, behind an endpoint, NLI; figures on unseen passages stand in the notebook on coding."""

import json
import pickle
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit as tk
from toolkit import outside, scoring
from toolkit import study as study_module
from toolkit.coders import EndpointCoder, FittedCoder, NetworkCoder, NLICoder, check_coder
from toolkit.encoder import default_encoder
from toolkit.fitting import Features, SideModel, heaviest_run, plain_sentences
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.sides import Finding, add_pointers, find_phrases, find_sides

DATA = Path(tk.__file__).parent / "data"
CLIMATE = tk.load_codebook(DATA / "climate_negotiations.toml")
EXAMPLES = pd.read_json(DATA / "climate_examples.jsonl", lines=True)
FIT = EXAMPLES[EXAMPLES["part"] == "fit"]
HELD_OUT = EXAMPLES[EXAMPLES["part"] == "held_out"]
TEXT = (
    "Vanuatu is pressing for a treaty that would stop new oil and gas fields. The buses run late on Sundays. "
    "Bolivia denounced carbon trading as a licence to pollute."
)
FIRST = (0, 73)

OWN = """
name = "Harbour"
version = "2"
[[issue]]
id = "fishing"
label = "Fishing"
proposition = "Fishing should be limited."
supports = "Quotas and closed seasons."
opposes = "No quotas."
phrases_support = ["let the cod recover"]
[[issue]]
id = "ceasefire"
label = "Ceasefire"
proposition = "The fighting should stop."
supports = "Calls for a truce."
opposes = "Calls to fight on."
"""


@pytest.fixture(scope="module")
def fitted():
    return tk.positions.fit(CLIMATE, FIT)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "harbour.toml"
    path.write_text(OWN, encoding="utf-8")
    return tk.load_codebook(path)


def found(coder, text, codebook=CLIMATE, **options):
    sentences = sentence_spans(sentence_tokenizer()(text))
    return coder.find(text, default_encoder().read(text), sentences, codebook, **options)


def short(findings):
    return [(f.label, f.probability, f.evidence, f.sentence) for f in findings]


def labels(findings):
    return [f.label for f in findings if f.label[-1] in "+-"]


def f1(coder):
    return scoring.score(coder, CLIMATE, HELD_OUT)["f1"].iloc[-1]


# The example data


def test_the_examples_are_whole():
    assert EXAMPLES.groupby("text")["part"].nunique().max() == 1
    texts = EXAMPLES.drop_duplicates("id")
    assert (len(texts), len(texts[texts["part"] == "fit"])) == (264, 172)
    assert 0.3 < texts["issue"].isna().mean() < 0.35
    coded = EXAMPLES.dropna(subset=["issue"])
    for part in ("fit", "held_out"):
        sides = coded[coded["part"] == part].groupby(["issue", "stance"]).size()
        assert len(sides) == 2 * len(CLIMATE.issues)
        assert sides.min() >= 5
    for row in coded.itertuples():
        assert row.evidence in row.text
        assert pd.isna(row.actor) == (row.register == "speech")
        assert pd.isna(row.actor) or row.actor in row.text


def test_the_second_codebook_has_a_dozen_phrases_a_side():
    assert all(len(i.phrases_support) == len(i.phrases_oppose) == 12 for i in CLIMATE.issues)


def test_no_plain_sentence_is_an_example():
    assert len(plain_sentences()) > 150
    assert not set(plain_sentences()) & set(EXAMPLES["text"])


# Fitting


def test_fitting_finds_much_more_than_phrases(fitted):
    class Phrases:
        def find(self, text, reading, sentences, codebook, *, skip=()):
            return find_phrases(text, sentences, codebook, reading.classes)

    phrases, codebook_alone, after_fitting = f1(Phrases()), f1(NetworkCoder()), f1(fitted)
    assert after_fitting > codebook_alone > phrases + 0.1
    assert after_fitting > 0.4


def test_sides_have_evidence_in_their_sentence(fitted):
    findings = found(fitted, TEXT)
    evidence = {f.label: TEXT[slice(*f.evidence)] for f in findings}
    assert "new oil" in evidence["fossil_phase_out+"]
    assert set(evidence["carbon_markets-"].split()) & {"denounced", "trading", "licence", "pollute"}
    for finding in findings:
        assert finding.sentence[0] <= finding.evidence[0] < finding.evidence[1] <= finding.sentence[1]
        assert TEXT[finding.evidence[0]].isalnum()
        assert TEXT[finding.evidence[1] - 1].isalnum()
    assert not [f for f in findings if "buses" in TEXT[slice(*f.sentence)]]


def test_what_is_skipped_is_not_coded(fitted):
    assert "fossil_phase_out+" not in labels(found(fitted, TEXT, skip=[FIRST]))
    assert "carbon_markets-" in labels(found(fitted, TEXT, skip=[FIRST]))


def test_a_table_and_records_give_the_same(fitted):
    records = FIT[["text", "issue", "stance"]].to_dict("records")
    again = tk.positions.fit(DATA / "climate_negotiations.toml", iter(records))
    np.testing.assert_array_equal(again.model.issue_weights, fitted.model.issue_weights)
    np.testing.assert_array_equal(again.model.side_weights, fitted.model.side_weights)
    assert again.name == fitted.name == f"fitted on 172 examples for Climate negotiations 1.0 ({CLIMATE.sha256[:12]})"


def rows(n=12, issue="fishing"):
    signs = [1, -1, None]
    return [
        {"text": f"Boat {i} came in.", "issue": issue if signs[i % 3] else None, "stance": signs[i % 3]}
        for i in range(n)
    ]


def test_issues_without_examples_are_left_to_the_network(harbour):
    coder = tk.positions.fit(harbour, rows())
    assert coder.model.issues == ("fishing",)
    text = "Kenya urged both armies to agree to an immediate ceasefire."
    assert "ceasefire+" in labels(found(coder, text, harbour))
    both = tk.positions.fit(harbour, rows(issue="ceasefire"))
    assert both.model.issues == ("fishing", "ceasefire")
    assert not [f for f in found(both, text, harbour) if f.label == "ceasefire+" and f.window]


def change(at, **values):
    changed = rows()
    changed[at].update(values)
    return changed


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (rows(5), "5 different texts were given as examples; at least 12 are needed, so add 7"),
        (rows(4) * 6, "4 different texts"),
        ([], "examples lacks the columns text, issue, stance"),
        ([{"text": "a", "issue": "fishing"}] * 12, "examples lacks the column stance"),
        (change(0, issue="fihsing"), r"row 1: issue is 'fihsing'; expected one of .*Did you mean 'fishing'\?"),
        (change(1, stance=2), r"row 2: stance is 2.*; expected 1 \(agrees\) or -1"),
        (change(1, stance="against"), "row 2: stance is 'against'"),
        (change(1, stance=None), "row 2: issue is 'fishing' and stance nan; give both"),
        (change(2, stance=1), "row 3: issue is .* and stance 1.0; give both"),
        (change(3, text=" … "), "row 4: the text is ' … '; expected some words"),
        (change(3, text=None), "row 4: the text is "),
        (
            [{**r, "stance": r["stance"] and 1} for r in rows()],
            r"every example has stance \+1; add examples of the other",
        ),
        (
            [{**r, "issue": None, "stance": None} for r in rows()],
            "every example is without a side; add examples of both",
        ),
        ([r for r in rows(36) if r["issue"]], "every example takes a side on fishing; add texts that take none"),
    ],
)
def test_unusable_examples_are_refused(harbour, examples, message):
    with pytest.raises(ValueError, match=message):
        tk.positions.fit(harbour, examples)


@pytest.mark.parametrize(
    ("values", "run"),
    [([1.0], (0, 1)), ([-2.0, -1.0], (1, 2)), ([-1, 2, -1, 3, -5, 3], (1, 4)), ([0.0, 0.0], (0, 1))],
)
def test_the_heaviest_run(values, run):
    assert heaviest_run(values) == run


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered(fitted, text):
    sentences = [(0, len(text))] if text else []
    for finding in fitted.model.find(text, sentences, default_encoder()):
        assert 0 <= finding.evidence[0] < finding.evidence[1] <= len(text)


# Keeping


def test_saving_and_loading(fitted, tmp_path):
    again = FittedCoder.load(fitted.save(tmp_path / "kept"))
    assert (again.name, again.model.issues) == (fitted.name, fitted.model.issues)
    assert short(found(again, TEXT)) == short(found(fitted, TEXT))
    assert sorted(p.name for p in (tmp_path / "kept").iterdir()) == ["coder.json", "coder.npz"]


def test_what_cannot_be_loaded_is_named(fitted, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"coder.json does not exist; give a folder that `coder.save` wrote"):
        FittedCoder.load(tmp_path)
    folder = fitted.save(tmp_path)
    about = json.loads((folder / "coder.json").read_text("utf-8"))
    for changed, message in (
        ({"network": "another"}, "another version of the network; fit it again"),
        ({"issues": ["one"]}, "its parts do not fit together"),
        ({"stems": None}, "no coder that can be read"),
    ):
        (folder / "coder.json").write_text(json.dumps({**about, **changed}), "utf-8")
        with pytest.raises(ValueError, match=message):
            FittedCoder.load(folder)
    (folder / "coder.json").write_text("[]", "utf-8")
    with pytest.raises(ValueError, match="no coder that can be read"):
        FittedCoder.load(folder)


class Trap:
    """Something that a pickle would run."""

    sprung = False

    def __reduce__(self):
        return spring, ()


def spring():
    Trap.sprung = True


def test_loading_runs_nothing(fitted, tmp_path):
    folder = fitted.save(tmp_path)
    with np.load(folder / "coder.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    np.savez(folder / "coder.npz", **{**kept, "center": np.array([Trap()], dtype=object)}, allow_pickle=True)
    with pytest.raises(ValueError, match="no coder that can be read"):
        FittedCoder.load(folder)
    assert not Trap.sprung


def test_a_fitted_coder_goes_to_other_processes(fitted):
    assert check_coder(fitted, CLIMATE, 2) is fitted
    assert short(found(pickle.loads(pickle.dumps(fitted)), TEXT)) == short(found(fitted, TEXT))


# The default, and the way through a study


def test_a_phrase_of_the_codebook_decides(harbour):
    text = "“Let the cod  recover,” the minister said."
    (finding,) = [f for f in found(NetworkCoder(), text, harbour) if f.label[:-1] == "fishing"]
    assert finding.label == "fishing+"
    assert "cod" in text[slice(*finding.evidence)]


@pytest.mark.parametrize(("learnt", "kept"), [("fishing-", "fishing+"), ("fishing+", "fishing+")])
def test_a_phrase_overrules_what_was_learnt(harbour, learnt, kept):
    text = "Let the cod recover, he said. And again."
    model = SimpleNamespace(
        issues=("fishing",),
        find=lambda *_, **__: [Finding(learnt, 0.9, (0, 1), (0, 29)), Finding(learnt, 0.8, (30, 31), (30, 40))],
    )
    findings = found(FittedCoder(model, "Harbour 2", "", 12), text, harbour)
    assert sorted((f.sentence, f.label) for f in findings if f.label[:-1] == "fishing") == [
        ((0, 29), kept),
        ((30, 40), learnt),
    ]


def test_words_that_name_the_source_are_no_evidence():
    text = "Mali wants it all"
    tags = np.zeros((4, 7), dtype=np.float32)
    tags[0, 3] = 1.0
    vectors = np.array([[9], [0], [4], [-1]], dtype=np.float32)
    window = SimpleNamespace(words=((0, 4), (5, 10), (11, 13), (14, 17)), vectors=vectors, tags=tags)
    none, one = np.zeros(0, dtype=np.float32), np.ones(1, dtype=np.float32)
    model = SideModel(("a",), Features((), none, 0 * one), one[None], 0 * one, 0 * one, np.float32(0), "")
    assert model._evidence(text, (window, 0, 4), 0, 1) == (11, 13)
    tags[0, 3] = 0.0
    assert model._evidence(text, (window, 0, 4), 0, 1) == (0, 4)


def test_the_network_codes_what_it_knows():
    text = "Kenya urged both armies to agree to an immediate ceasefire."
    reading = default_encoder().read(text)
    assert labels(found(NetworkCoder(), text, tk.load_codebook())) == labels(find_sides(reading, [(0, len(text))]))


def test_findings_from_elsewhere_get_pointers(fitted):
    reading = default_encoder().read(TEXT)
    findings = [f for f in found(fitted, TEXT) if f.label[:-1] in CLIMATE.labels()]
    assert len(findings) >= 2
    assert all(f.window is None and f.pointed("actor") == [] for f in findings)
    for finding in add_pointers(findings, reading):
        assert finding.window is reading.windows[0]
        assert 0 < sum(share for _, share in finding.pointed("actor")) <= 1.001


def test_a_study_with_a_coder(fitted, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(f"{TEXT}\n", encoding="utf-8")
    seen = []
    code = study_module.code_positions
    monkeypatch.setattr(
        study_module, "code_positions", lambda a, found, *rest: seen.extend(found) or code(a, found, *rest)
    )
    study = tk.analyze(tmp_path / "a.txt", codebook=CLIMATE, coder=fitted)
    assert study.provenance["coder"] == fitted.name
    assert study.verify().empty
    assert seen
    assert all(finding.window for finding in seen)
    coded = study.positions.set_index("issue")
    assert coded.loc["carbon_markets", ["actor", "stance"]].tolist() == ["Bolivia", -1]
    assert coded.loc["fossil_phase_out", ["actor", "stance"]].tolist() == ["Vanuatu", 1]


def test_the_default_coder_is_recorded(tmp_path):
    (tmp_path / "a.txt").write_text("Nothing was said.", encoding="utf-8")
    assert tk.analyze(tmp_path / "a.txt").provenance["coder"] == "network"


@pytest.mark.parametrize("coder", ["network", 3, NetworkCoder])
def test_what_is_no_coder_is_refused(coder, tmp_path):
    with pytest.raises(TypeError, match=r"expected None, or a coder such as `toolkit.positions.fit` returns"):
        tk.analyze(tmp_path, coder=coder)


def test_a_coder_for_other_issues_is_refused(fitted, tmp_path):
    with pytest.raises(ValueError, match=r"fitted for Climate negotiations 1.0, and codebook 'Conflict diplomacy'"):
        tk.analyze(tmp_path, coder=fitted)


# An endpoint


class Server(ThreadingHTTPServer):
    """A chat endpoint that answers what it was told to."""

    daemon_threads = True
    answers: list
    requests: list


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers.get("Authorization"), body))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if callable(answer):
            answer = answer(self)
        status, content = answer if isinstance(answer, tuple) else (200, answer)
        if not isinstance(content, bytes):
            content = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
        try:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(outside, "PAUSE", 0.01)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = Server(("127.0.0.1", 0), Handler)
    running.answers, running.requests = [], []
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def endpoint(server, **options):
    return EndpointCoder(f"http://127.0.0.1:{server.server_port}/v1", "tiny", "s3cret-key", **options)


def claim(sentence=1, issue="fossil_phase_out", side="support", evidence="stop new oil", **more):
    return {"sentence": sentence, "issue": issue, "side": side, "evidence": evidence, **more}


def answer(*claims):
    return json.dumps({"positions": claims})


def rejected(coder):
    return {k.removeprefix("rejected: "): n for k, n in coder.counts.items() if k.startswith("rejected")}


def test_a_good_answer_is_taken(server):
    server.answers = [
        f"Here it is:\n```json\n{answer(claim(), claim(3, 'carbon_markets', 'oppose', 'licence to pollute'))}\n```"
    ]
    coder = endpoint(server)
    findings = found(coder, TEXT)
    assert [(f.label, TEXT[slice(*f.evidence)]) for f in findings] == [
        ("fossil_phase_out+", "stop new oil"),
        ("carbon_markets-", "licence to pollute"),
    ]
    assert coder.counts == {"requests": 1, "accepted": 2}
    ((path, key, body),) = server.requests
    assert (path, key, body["model"], body["temperature"]) == (
        "/v1/chat/completions",
        "Bearer s3cret-key",
        "tiny",
        0,
    )
    sent = json.loads(body["messages"][1]["content"])
    assert [issue["id"] for issue in sent["codebook"]] == list(CLIMATE.labels())
    assert sent["sentences"]["2"] == "The buses run late on Sundays."


def test_one_side_for_each_issue_in_a_sentence(server):
    server.answers = [answer(claim(), claim(side="oppose", evidence="gas fields"))]
    assert labels(found(endpoint(server), TEXT)) == ["fossil_phase_out+"]


@pytest.mark.filterwarnings("ignore:model tiny")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (answer(claim(evidence="stop any new oil")), "evidence is not in the sentence"),
        (answer(claim(evidence="carbon trading")), "evidence is not in the sentence"),
        (answer(claim(evidence="Stop New Oil")), "evidence is not in the sentence"),
        (answer(claim(evidence="il and gas")), "evidence is not in the sentence"),
        (answer(claim(evidence=" ")), "evidence is not in the sentence"),
        (answer(claim(evidence=None)), "evidence is not in the sentence"),
        (answer(claim(sentence=4)), "sentence is not there"),
        (answer(claim(sentence=0)), "sentence is not there"),
        (answer(claim(sentence="1")), "sentence is not there"),
        (answer(claim(sentence=True)), "sentence is not there"),
        (answer({}), "sentence is not there"),
        (answer(claim(issue="whaling")), "issue or side is not in the codebook"),
        (answer(claim(issue=["fossil_phase_out"])), "issue or side is not in the codebook"),
        (answer(claim(side="+1")), "issue or side is not in the codebook"),
        ("I cannot help with that.", "answer is not the JSON that was asked for"),
        ('{"positions": "none"}', "answer is not the JSON that was asked for"),
        ("[]", "answer is not the JSON that was asked for"),
        ('{"positions": [1]}', "answer is not the JSON that was asked for"),
        ("[" * 5_000, "answer is not the JSON that was asked for"),
    ],
)
def test_bad_answers_are_rejected_and_counted(server, content, reason):
    server.answers = [content]
    coder = endpoint(server)
    assert found(coder, TEXT) == []
    assert rejected(coder) == {reason: 1}


@pytest.mark.filterwarnings("ignore:model tiny")
def test_a_bad_claim_spoils_no_good_one(server):
    server.answers = [answer(claim(evidence="invented"), claim())]
    coder = endpoint(server)
    assert labels(found(coder, TEXT)) == ["fossil_phase_out+"]
    assert coder.counts["accepted"] == sum(rejected(coder).values()) == 1


@pytest.mark.parametrize("fault", [(500, b"busy"), (429, b"wait"), b"<html>", b'{"choices": []}', b'{"choices": 1}'])
def test_a_fault_is_tried_again(server, fault):
    server.answers = [fault, answer(claim())]
    coder = endpoint(server)
    assert labels(found(coder, TEXT)) == ["fossil_phase_out+"]
    assert coder.counts == {"requests": 2, "accepted": 1}


@pytest.mark.parametrize(
    ("fault", "retries", "requests", "reason"),
    [
        ((500, b"broken"), 2, 3, "no answer (HTTP 500)"),
        ((500, b"broken"), 0, 1, "no answer (HTTP 500)"),
        ((401, b"who are you, s3cret-key?"), 2, 1, "no answer (HTTP 401)"),
        ((302, b""), 2, 1, "no answer (HTTP 302)"),
        (b"x" * 3_000_000, 0, 1, "no answer (ValueError)"),
    ],
)
def test_faults_end_after_the_retries(server, fault, retries, requests, reason):
    server.answers = [fault]
    coder = endpoint(server, retries=retries)
    with pytest.warns(UserWarning, match=r"model tiny at .*; rejected, see coder.counts") as caught:
        assert found(coder, TEXT) == []
    assert rejected(coder) == {reason: 1}
    assert len(server.requests) == coder.counts["requests"] == requests
    assert "s3cret-key" not in str(caught[0].message)


@pytest.mark.filterwarnings("ignore:model tiny")
def test_a_slow_answer_is_not_waited_for(server):
    def dawdle(_):
        time.sleep(1.0)
        return answer(claim())

    server.answers = [dawdle]
    coder = endpoint(server, timeout=0.2, retries=1)
    started = time.monotonic()
    assert found(coder, TEXT) == []
    assert time.monotonic() - started < 0.9
    assert rejected(coder) == {"no answer (TimeoutError)": 1}
    assert coder.counts["requests"] == 2


@pytest.mark.filterwarnings("ignore:model tiny")
def test_an_answer_that_drips_is_not_waited_for(server):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
        return 200, b""

    server.answers = [drip]
    started = time.monotonic()
    assert found(endpoint(server, timeout=0.3, retries=0), TEXT) == []
    assert time.monotonic() - started < 1.2


@pytest.mark.filterwarnings("ignore:model tiny")
def test_nobody_there_stops_nothing(server):
    coder = endpoint(server, retries=0)
    coder.url = "http://127.0.0.1:9/v1/chat/completions"
    assert found(coder, TEXT) == []
    assert rejected(coder) == {"no answer (URLError)": 1}


def test_long_texts_are_sent_in_parts(server):
    server.answers = [answer(claim(evidence="wells"))]
    text = "The wells must close. " * 95
    coder = endpoint(server)
    findings = found(coder, text)
    assert len(server.requests) == 3
    assert [f.sentence[0] for f in findings] == [0, 40 * 22, 80 * 22]


def test_skipped_sentences_are_not_sent(server):
    server.answers = [answer()]
    found(endpoint(server), TEXT, skip=[FIRST])
    sent = json.loads(server.requests[0][2]["messages"][1]["content"])["sentences"]
    assert next(iter(sent.values())) == "The buses run late on Sundays."
    found(endpoint(server), TEXT, skip=[(0, len(TEXT))])
    assert len(server.requests) == 1


def test_the_key_is_kept_and_counts_are_recorded(server, tmp_path):
    server.answers = [answer(claim(3, "carbon_markets", "oppose", "a licence to pollute"))]
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    coder = endpoint(server)
    study = tk.analyze(tmp_path / "a.txt", codebook=CLIMATE, coder=coder)
    assert study.positions[["actor", "issue", "stance"]].to_numpy().tolist() == [["Bolivia", "carbon_markets", -1]]
    assert study.provenance["coder"] == coder.name
    assert study.provenance["coder_counts"] == {"accepted": 1, "requests": 1}
    study.save(tmp_path / "kept")
    for words in (repr(coder), coder.name, (tmp_path / "kept" / "study.json").read_text("utf-8")):
        assert "s3cret-key" not in words
    with pytest.raises(ValueError, match=r"cannot be sent to 2 processes \(an EndpointCoder stays.*use workers=1"):
        tk.analyze(tmp_path, codebook=CLIMATE, coder=coder, workers=2)


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("localhost:8000/v1", {}, "url must begin with http"),
        ("file:///etc/hosts", {}, "url must begin with http"),
        ("http://me:pw@host/v1", {}, "must not hold a user name, password or query"),
        ("http://host/v1?key=1", {}, "must not hold a user name, password or query"),
        ("http://host/v1", {"timeout": 0}, "timeout is 0"),
        ("http://host/v1", {"retries": -1}, "retries -1"),
    ],
)
def test_an_unusable_endpoint_is_refused(url, options, message):
    with pytest.raises(ValueError, match=message):
        EndpointCoder(url, "tiny", **options)


def test_the_full_address_is_taken_too():
    assert EndpointCoder("http://host/v1/chat/completions", "m").url == "http://host/v1/chat/completions"


# An NLI model


def save_tiny_model(folder, names):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz.,:;'-"]
    (folder / "vocab.txt").write_text("\n".join(pieces + [f"##{p}" for p in pieces[5:]]), encoding="utf-8")
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    config = transformers.BertConfig(
        vocab_size=80, id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)}, **sizes
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def test_a_tiny_nli_model_codes(tmp_path, monkeypatch):
    coder = NLICoder(save_tiny_model(tmp_path, ["contradiction", "ENTAILMENT", "neutral"]))
    assert found(coder, TEXT) == []
    monkeypatch.setattr(outside, "NLI_THRESHOLD", 0.0)
    text = "Samoa wants the wells closed, and it wants them closed for good. Yes, no."
    findings = found(coder, text)
    assert [f.label[:-1] for f in findings] == list(CLIMATE.labels()) * 2
    clauses = ["Samoa wants the wells closed", "and it wants them closed for good."]
    assert {text[slice(*f.evidence)] for f in findings[:6]} <= set(clauses)
    assert {text[slice(*f.evidence)] for f in findings[6:]} == {"Yes, no."}
    assert all(0 <= f.probability <= 1 for f in findings)
    assert "unmeasured" in coder.name
    assert short(found(pickle.loads(pickle.dumps(coder)), text)) == short(findings)


def test_a_model_without_entailment_is_refused(tmp_path):
    folder = save_tiny_model(tmp_path, ["negative", "positive"])
    with pytest.raises(ValueError, match="has the labels negative, positive and none is 'entailment'"):
        NLICoder(folder)


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(ImportError, match=r"pip install .diplomatic-positions-toolkit\[nli\]"):
        NLICoder("any")
