"""INCEpTION: UIMA CAS XMI, one file for each article, and the ``TypeSystem.xml`` with the two layers.

``dkpro-cassis`` writes and reads them and counts UTF-16 units where UIMA does. Every part of an interrupted quote is an
annotation of its own; those with the same ``unit`` belong together. What XML cannot hold (a NUL) is written as ``�``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.exports.units import LABELS, Unit, by_article, check_text, file_name, ids_by_stem
from toolkit.sheets import VARIABLES

if TYPE_CHECKING:
    from toolkit.study import Study

_LAYERS = {name: f"webanno.custom.{label}" for name, label in LABELS.items()}
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TYPES = "TypeSystem.xml"


def write(study: Study, folder: Path) -> None:
    """Write the type system and an XMI file for each article."""
    cassis = _cassis()
    types = cassis.TypeSystem()
    for table, layer in _LAYERS.items():
        made = types.create_type(name=layer, supertypeName="uima.tcas.Annotation")
        for feature in ("unit", *VARIABLES[table]):
            types.create_feature(domainType=made, name=feature, rangeType="uima.cas.String")
    types.to_xml(folder / TYPES)
    for name, units in by_article(study).items():
        cas = cassis.Cas(typesystem=types)
        cas.sofa_string = _writable(study.originals[name].text)
        cas.sofa_mime = "text/plain"
        for unit in units:
            values = {k: _writable(v) for k, v in unit.values.items()}
            layer = types.get_type(_LAYERS[unit.table])
            cas.add_all(layer(begin=s, end=e, unit=_writable(str(unit.id)), **values) for s, e in unit.spans)
        cas.to_xmi(folder / f"{file_name(name)}.xmi")


def read(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, list[Unit]]]:
    """Give the article and units of each XMI file.

    Args:
        folder: The folder.
        texts: The articles' texts by their ids, which must be those of the files.

    Raises:
        FileNotFoundError: The type system is missing.
        ValueError: Names the article that is another or unknown.
    """
    cassis = _cassis()
    if not (folder / TYPES).exists():
        raise FileNotFoundError(f"{folder / TYPES} is missing; unpack the whole export of INCEpTION into the folder.")
    types = cassis.load_typesystem(folder / TYPES)
    ids = ids_by_stem(texts)
    for path in sorted(folder.glob("*.xmi")):
        cas = cassis.load_cas_from_xmi(path, typesystem=types)
        name = ids.get(path.stem, path.stem)
        check_text(name, cas.sofa_string, texts, written=_writable)
        yield name, [unit for table in _LAYERS for unit in _units(cas, table, name)]


def _units(cas: Any, table: str, name: str) -> list[Unit]:
    grouped: dict[str, list[Any]] = {}
    for number, found in enumerate(cas.select(_LAYERS[table])):
        grouped.setdefault(found.unit or f"added {number}", []).append(found)
    units = []
    for parts in grouped.values():
        values = {v: str(getattr(parts[0], v)) for v in VARIABLES[table] if getattr(parts[0], v)}
        units.append(Unit(table, parts[0].unit, name, tuple((p.begin, p.end) for p in parts), values))
    return units


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise ImportError(
            'INCEpTION files need dkpro-cassis: pip install "diplomatic-positions-toolkit[check]".'
        ) from error
    return cassis


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
