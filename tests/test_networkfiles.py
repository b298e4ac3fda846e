"""GraphML that stands up to its schema, and event lists that other programs read.

The schema here restates, in this project's words, what the published GraphML 1.0 schema asks of the elements that a
plain graph has: order, ids without spaces, known types, and references that lead somewhere.
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from toolkit import networkfiles, networks
from toolkit.records import Mention, Position, table

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
SCHEMA = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" xmlns:g="{NAMESPACE}"
    targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
  <xs:simpleType name="kind"><xs:restriction base="xs:NMTOKEN">
    <xs:enumeration value="boolean"/><xs:enumeration value="int"/><xs:enumeration value="long"/>
    <xs:enumeration value="float"/><xs:enumeration value="double"/><xs:enumeration value="string"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="domain"><xs:restriction base="xs:NMTOKEN">
    <xs:enumeration value="graph"/><xs:enumeration value="node"/><xs:enumeration value="edge"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="direction"><xs:restriction base="xs:NMTOKEN">
    <xs:enumeration value="directed"/><xs:enumeration value="undirected"/>
  </xs:restriction></xs:simpleType>
  <xs:element name="key"><xs:complexType>
    <xs:attribute name="id" type="xs:NMTOKEN" use="required"/>
    <xs:attribute name="for" type="domain" use="required"/>
    <xs:attribute name="attr.name" type="xs:NMTOKEN" use="required"/>
    <xs:attribute name="attr.type" type="kind" use="required"/>
  </xs:complexType></xs:element>
  <xs:element name="data"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="key" type="xs:NMTOKEN" use="required"/>
  </xs:extension></xs:simpleContent></xs:complexType></xs:element>
  <xs:element name="node"><xs:complexType>
    <xs:sequence><xs:element ref="data" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="id" type="xs:NMTOKEN" use="required"/>
  </xs:complexType>
  <xs:unique name="node_data"><xs:selector xpath="./g:data"/><xs:field xpath="@key"/></xs:unique></xs:element>
  <xs:element name="edge"><xs:complexType>
    <xs:sequence><xs:element ref="data" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="id" type="xs:NMTOKEN"/>
    <xs:attribute name="source" type="xs:NMTOKEN" use="required"/>
    <xs:attribute name="target" type="xs:NMTOKEN" use="required"/>
  </xs:complexType>
  <xs:unique name="edge_data"><xs:selector xpath="./g:data"/><xs:field xpath="@key"/></xs:unique></xs:element>
  <xs:element name="graph"><xs:complexType>
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element ref="data"/><xs:element ref="node"/><xs:element ref="edge"/>
    </xs:choice>
    <xs:attribute name="id" type="xs:NMTOKEN"/>
    <xs:attribute name="edgedefault" type="direction" use="required"/>
  </xs:complexType>
  <xs:key name="nodes"><xs:selector xpath=".//g:node"/><xs:field xpath="@id"/></xs:key>
  <xs:keyref name="sources" refer="nodes"><xs:selector xpath=".//g:edge"/><xs:field xpath="@source"/></xs:keyref>
  <xs:keyref name="targets" refer="nodes"><xs:selector xpath=".//g:edge"/><xs:field xpath="@target"/></xs:keyref>
  </xs:element>
  <xs:element name="graphml"><xs:complexType>
    <xs:sequence>
      <xs:element ref="key" minOccurs="0" maxOccurs="unbounded"/><xs:element ref="graph"/>
    </xs:sequence>
  </xs:complexType>
  <xs:key name="keys"><xs:selector xpath=".//g:key"/><xs:field xpath="@id"/></xs:key>
  <xs:keyref name="data_keys" refer="keys"><xs:selector xpath=".//g:data"/><xs:field xpath="@key"/></xs:keyref>
  </xs:element>
</xs:schema>
"""


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(SCHEMA))


def make_positions() -> pd.DataFrame:
    said = [
        ("Élise O'Neill & Co <b>", "aid", 1),
        ("Ada Obi", "aid", -1),
        ("Ada Obi", "un_role", 1),
        ("State", "aid", 1),
    ]
    days = ["2022-02-01", "2021-05-03", None, "2021-05-03"]
    return table(
        "positions",
        [
            Position(f"a{n}", f"a{n}:p1", day, actor, None, issue, stance, "words", 0, 5, None, "direct", "hand", 1.0)
            for n, ((actor, issue, stance), day) in enumerate(zip(said, days, strict=True))
        ],
    )


def written(graph: nx.Graph, folder: Path) -> tuple[nx.Graph, etree._ElementTree]:
    path = networkfiles.write_graphml(graph, folder / "deep" / "network.graphml")
    again = nx.read_graphml(path)
    return nx.relabel_nodes(again, {n: again.nodes[n]["name"] for n in again}), etree.parse(path)


@pytest.mark.parametrize("make", [networks.actor_network, networks.issue_network])
def test_graphml_is_valid_and_comes_back_as_it_was(make: Any, tmp_path: Path, schema: etree.XMLSchema) -> None:
    graph = make(make_positions())
    again, tree = written(graph, tmp_path)
    schema.assertValid(tree)
    assert graph.number_of_edges() > 1
    assert set(again) == set(graph)
    for node in graph:
        assert {k: v for k, v in again.nodes[node].items() if k not in ("name", "label")} == graph.nodes[node]
    assert {frozenset(e): graph.edges[e] for e in graph.edges} == {frozenset(e): again.edges[e] for e in again.edges}
    assert again.graph["measure"] == "subtract"


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [("weight", "double"), ("strength", "double"), ("congruence", "long"), ("sign", "string")],
)
def test_edge_attributes_have_types(attribute: str, kind: str, tmp_path: Path) -> None:
    _, tree = written(networks.actor_network(make_positions()), tmp_path)
    (key,) = [k for k in tree.iter(f"{{{NAMESPACE}}}key") if k.get("attr.name") == attribute and k.get("for") == "edge"]
    assert key.get("attr.type") == kind


def test_labels_are_printed_names_and_names_are_ids(tmp_path: Path) -> None:
    graph = networks.issue_network(make_positions(), labels={"aid": "Humanitarian aid"})
    again, _ = written(graph, tmp_path)
    assert again.nodes["aid"]["label"] == "Humanitarian aid"
    assert again.nodes["un_role"]["label"] == "un_role"


def test_attributes_of_mixed_kinds_get_one_type(tmp_path: Path, schema: etree.XMLSchema) -> None:
    graph = nx.Graph(made_by=None)
    graph.add_node("a b", **{"in office": 2}, x=1, y=1, seen=True, z=np.int64(3), w=[1, "b"], gone=None)
    graph.add_node("c", x=0.5, y="one", seen=False, z=np.float64(0.5), w="c", gone=float("nan"))
    again, tree = written(graph, tmp_path)
    schema.assertValid(tree)
    names = [key.get("attr.name") for key in tree.iter(f"{{{NAMESPACE}}}key")]
    assert sorted(names) == ["in_office", "label", "name", "seen", "w", "x", "y", "z"]
    shown = {k: v for k, v in again.nodes["a b"].items() if k not in ("name", "label", "in_office")}
    assert shown == {"x": 1.0, "y": "1", "seen": True, "z": 3.0, "w": "1; b"}
    assert "gone" not in again.nodes["c"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=20), unique=True, max_size=5))
def test_any_name_gives_readable_and_valid_graphml(names: list[str]) -> None:
    graph = nx.complete_graph(names)
    nx.set_edge_attributes(graph, -1.5, "weight")
    with tempfile.TemporaryDirectory() as folder:
        path = networkfiles.write_graphml(graph, Path(folder) / "g.graphml")
        etree.XMLSchema(etree.fromstring(SCHEMA)).assertValid(etree.parse(path))
        again = nx.read_graphml(path)
    assert again.number_of_nodes() == len(names)
    assert again.number_of_edges() == graph.number_of_edges()
    for name, node in zip(names, again, strict=True):
        if name.isprintable():
            assert again.nodes[node]["name"] == name


@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t.replace('id="n0"', 'id="n 0"'),
        lambda t: t.replace('source="n0"', 'source="n99"'),
        lambda t: t.replace('attr.type="double"', 'attr.type="decimal"', 1),
        lambda t: t.replace('<data key="d0"', '<data key="nowhere"', 1),
        lambda t: t.replace('edgedefault="undirected"', ""),
    ],
)
def test_the_schema_sees_damage(damage: Any, tmp_path: Path, schema: etree.XMLSchema) -> None:
    path = networkfiles.write_graphml(networks.actor_network(make_positions()), tmp_path / "g.graphml")
    text = path.read_text("utf-8")
    assert damage(text) != text
    assert schema.validate(etree.fromstring(text.encode()))
    assert not schema.validate(etree.fromstring(damage(text).encode()))


def test_what_networkx_itself_writes_would_not_pass(tmp_path: Path, schema: etree.XMLSchema) -> None:
    nx.write_graphml(networks.actor_network(make_positions()), tmp_path / "g.graphml")
    assert not schema.validate(etree.parse(tmp_path / "g.graphml"))


def events(**options: Any) -> pd.DataFrame:
    articles = pd.DataFrame(
        {"article_id": ["a0", "a1"], "title": ['=Talks; "at last"', pd.NA], "author": ["B. Line", pd.NA],
         "outlet": ["Gazette", "Herald"]}
    )  # fmt: skip
    person = Mention("a1", 0, 3, "Obi", "person", "Ada Obi", None, None, "hand")
    return networkfiles.event_list(make_positions(), articles, table("mentions", [person]), **options)


def test_event_lists_bear_the_names_of_discourse_network_analyzer() -> None:
    listed = events(labels={"aid": "Humanitarian aid"})
    assert list(listed) == [
        "ID", "time", "docId", "docTitle", "docAuthor", "docSource", "docSection", "docType", "person", "organization",
        "concept", "agreement", "article_id", "position_id",
    ]  # fmt: skip
    assert listed["time"].tolist()[:3] == ["2021-05-03 00:00:00", "2021-05-03 00:00:00", "2022-02-01 00:00:00"]
    assert listed["position_id"].tolist() == ["a1:p1", "a3:p1", "a0:p1", "a2:p1"]
    assert listed["docId"].tolist() == [2, 4, 1, 3]
    assert listed["ID"].tolist() == [1, 2, 3, 4]
    assert listed["agreement"].tolist() == [0, 1, 1, 1]
    assert listed["concept"].tolist() == ["Humanitarian aid"] * 3 + ["un_role"]
    assert listed["person"].tolist()[0] == "Ada Obi"
    assert listed["person"].isna().tolist() == [False, True, True, False]
    assert listed["organization"].tolist()[1] == "State"


def test_without_other_tables_the_rest_is_missing() -> None:
    listed = networkfiles.event_list(make_positions())
    assert listed["docTitle"].isna().all()
    assert listed["organization"].notna().all()
    assert networkfiles.event_list(table("positions", [])).empty


def test_a_written_event_list_is_read_by_the_csv_reader(tmp_path: Path) -> None:
    path = networkfiles.write_event_list(events(), tmp_path / "out" / "events.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["position_id"] for row in rows] == events()["position_id"].tolist()
    assert rows[2]["docTitle"] == '\'=Talks; "at last"'
    assert rows[3]["time"] == ""
    assert path.read_text("utf-8").startswith('"ID";"time";')


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=30))
def test_no_cell_becomes_a_formula(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        listed = networkfiles.event_list(make_positions()).assign(docTitle=pd.Series([text] * 4, dtype="object"))
        path = networkfiles.write_event_list(listed, Path(folder) / "e.csv")
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == 4
    assert not rows[0]["docTitle"].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_wrong_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"events lacks the columns ID.*networkfiles\.event_list"):
        networkfiles.write_event_list(make_positions(), tmp_path / "e.csv")
    with pytest.raises(ValueError, match="positions lacks the column stance"):
        networkfiles.event_list(make_positions().drop(columns="stance"))
