"""One coder's work on one file, without a browser: opens or resumes it, and takes decisions.

A decision is bound to the version of the row that the coder saw, so that a second window or kernel can overwrite
nothing that it has not shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.checks import check_option
from toolkit.codebook import Codebook, load_codebook
from toolkit.consequences import next_id
from toolkit.context import visible
from toolkit.reviewpage import Material, Row, describe_row, describe_task, machine_values, records, undecided, version
from toolkit.sheets import (
    DECISIONS,
    VARIABLES,
    blind_variables,
    check_sheet,
    join_speakers,
    make_sheet,
    split_speakers,
)
from toolkit.sheetstore import SheetStore

if TYPE_CHECKING:
    from toolkit.study import Study


class Conflict(ValueError):  # noqa: N818  (what another window did, not a fault)
    """The row was decided in another window since this one showed it."""


class Session:
    """One coder's work on one file.

    Attributes:
        coder: Who codes.
        material: What is coded, and what of it may be seen.
        store: The sheet's file.
        sheet: The sheet as this session last read or wrote it.
    """

    def __init__(
        self,
        study: Study,
        rows: pd.DataFrame | None,
        path: str | Path,
        *,
        coder: str,
        blind: bool | Collection[str] = False,
        context: int = 2,
        codebook: Codebook | str | Path | None = None,
    ) -> None:
        """Open or resume a file; the arguments are those of ``toolkit.review.review``."""
        self.coder = coder.strip()
        if not self.coder:
            raise ValueError("coder is empty; give the name of who decides.")
        if context < 0:
            raise ValueError(f"context is {context}; expected a number of paragraphs, 0 or more.")
        book = _codebook_of(study, codebook)
        labels = book.labels() if book else study.labels
        self.store = SheetStore(path, issues=list(labels) or None)
        if rows is None and not self.store.path.exists():
            raise FileNotFoundError(f"rows is None, but there is no {path} to go on with; give rows of the study.")
        units = None if rows is None else self._units(rows)
        table = _table_of(units if units is not None else self.store.read())
        machine = machine_values(study.tables[table], table)
        wanted = blind_variables(table, blind)

        def join(current: pd.DataFrame | None) -> pd.DataFrame:
            sheet = self._joined(current, units)
            _check_units(sheet, machine, study, self.store.path.name)
            hidden = _hidden(sheet, machine, wanted)
            self.material = Material(study, table, machine, hidden, labels, book, context)
            return _covered(sheet, hidden)

        self.sheet = self.store.update(join)

    def __repr__(self) -> str:
        done, name = int(self.sheet["decision"].notna().sum()), self.store.path.name
        return f"<Review of {len(self.sheet)} {self.material.table} by {self.coder!r}: {done} coded, in {name}>"

    def handle(self, message: Any) -> Row:
        """Answer a message of the widget's page: ``open``, ``go``, ``decide`` or ``add``.

        Returns:
            ``type`` is ``row`` with a row to show, ``saved`` with the row that was saved and the one to show ``then``,
            ``conflict`` with the row as another window left it, or ``refused``; the latter two with a ``message`` for
            the coder. ``view`` and ``seq`` are those of the message.
        """
        given = message if isinstance(message, dict) else {}
        back = {name: given.get(name) for name in ("view", "seq")}
        kind = given.get("type")
        try:
            if kind in ("open", "go"):
                self.sheet = self.store.read()
                task = describe_task(self.material, self.coder, self.store.path.name)
                return {**back, "type": "row", **({"task": task} if kind == "open" else {}), **self._page(given)}
            if kind == "decide":
                self._decide(given)
                page = self._page(given)
                return {**back, "type": "saved", **page, "then": self._after(page)}
            if kind == "add":
                self._add(given)
                return {
                    **back,
                    "type": "saved",
                    **self._page({"index": len(self.sheet) - 1}),
                    "then": self._page(given),
                }
            raise ValueError(f"the page sent {kind!r}; reload it.")
        except Conflict as conflict:
            return {**back, "type": "conflict", "message": visible(str(conflict)), **self._page(given)}
        except (ValueError, OSError) as error:
            before = "Not saved: " if kind in ("decide", "add") else ""
            return {**back, "type": "refused", "message": visible(f"{before}{error}")}

    def _page(self, given: Mapping[str, Any]) -> Row:
        """Describe the unit that was named, else the row that was, else the first without a decision."""
        ids, index = self.sheet["id"].tolist(), given.get("index")
        if given.get("id") in ids:
            index = ids.index(given["id"])
        elif not isinstance(index, int) or isinstance(index, bool):
            index = undecided(self.sheet) or 0
        return describe_row(self.material, self.sheet, min(max(index, 0), len(ids) - 1))

    def _after(self, page: Row) -> Row | None:
        """Describe the next row without a decision; None where there is none, or where this one was left undecided."""
        if page["code"]["decision"] is None or page["next"] is None:
            return None
        return describe_row(self.material, self.sheet, page["next"])

    def _units(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Make a sheet of the rows that were given, or take them as one."""
        if "decision" not in rows.columns:
            return make_sheet(rows, coder=self.coder)
        sheet = check_sheet(rows, issues=self.store.issues)
        others = sorted(set(sheet.loc[sheet["decision"].notna(), "coder"]) - {self.coder})
        if others:
            raise ValueError(
                f"the sheet holds codes of {', '.join(map(repr, others))}, and coder is {self.coder!r}. To code the "
                "same rows independently, give the sampled rows themselves."
            )
        return sheet.assign(coder=pd.Series([self.coder] * len(sheet), index=sheet.index, dtype="str"))

    def _joined(self, current: pd.DataFrame | None, units: pd.DataFrame | None) -> pd.DataFrame:
        """Put the rows to code behind those that the file holds."""
        if current is None or units is None:
            sheet = units if current is None else current
            if sheet is None or sheet.empty:
                raise ValueError("there are no rows; there is nothing to code.")
            return sheet
        name, there = self.store.path.name, _table_of(current)
        if there != _table_of(units):
            raise ValueError(f"{name} holds codes of {there}; give another file for these rows.")
        others = sorted(set(current["coder"].dropna()) - {self.coder})
        if others:
            raise ValueError(
                f"{name} holds the codes of {', '.join(map(repr, others))}, and coder is {self.coder!r}. Give each "
                "coder a file of their own; corrections and measures of agreement take several sheets."
            )
        new = units[~units["id"].isin(current["id"])]
        return check_sheet(pd.concat([current, new], ignore_index=True)) if len(new) else current

    def _decide(self, given: Mapping[str, Any]) -> None:
        unit, decision = given.get("id"), given.get("decision")
        if decision is not None:
            check_option("decision", decision, DECISIONS)

        def change(current: pd.DataFrame | None) -> pd.DataFrame:
            assert current is not None
            self.sheet = current
            places = current["id"].eq(str(unit)).to_numpy().nonzero()[0]
            row = records(current.iloc[places])[0] if len(places) else None
            if row is None or version(row) != given.get("version"):
                raise Conflict(_told(row))
            place = int(places[0])
            if unit not in self.material.machine and decision == "drop":
                return current.drop(index=current.index[place]).reset_index(drop=True)
            coded = self._checked({**row, **self._coded(unit, decision, given)})
            return pd.concat([current.iloc[:place], coded, current.iloc[place + 1 :]], ignore_index=True)

        self.sheet = self.store.update(change)

    def _checked(self, row: Row) -> pd.DataFrame:
        return check_sheet(pd.DataFrame([row], columns=self.sheet.columns, dtype=object), issues=self.store.issues)

    def _coded(self, unit: Any, decision: str | None, given: Mapping[str, Any]) -> Row:
        """Give what a decision writes into a row."""
        machine, names = self.material.machine.get(unit), VARIABLES[self.material.table]
        values = _texts(given.get("values"), names)
        if machine is None:
            if decision not in ("add", "change"):
                raise ValueError("you added this unit yourself: change its values or drop it.")
            decision = "add"
        elif decision == "add":
            raise ValueError("the machine found this unit; keep, change or drop it.")
        elif decision == "keep" and self.material.hidden:
            raise ValueError("the machine's answer is hidden; give the values instead.")
        elif decision == "change":
            decision = "keep" if values == _texts(machine, names) else "change"
        else:
            values = {name: None if name in self.material.hidden else machine[name] for name in names}
            values |= {name: machine[name] for name in ("start", "end", "text")}
        comment = str(given["comment"]).strip() if given.get("comment") else None
        when = datetime.now(UTC).isoformat(timespec="milliseconds") if decision else None
        return {**values, "decision": decision, "coder": self.coder, "comment": comment, "coded_at": when}

    def _add(self, given: Mapping[str, Any]) -> None:
        """Add a unit that the machine missed: the stretch of the article that the coder selected."""
        article_id = self.sheet.loc[self.sheet["id"] == given.get("id"), "article_id"]
        start, end = given.get("start"), given.get("end")
        text = self.material.study.originals[article_id.iloc[0]].text if len(article_id) else ""
        if not (isinstance(start, int) and isinstance(end, int) and start >= 0 and text[start:end].strip()):
            raise ValueError("select the words of the unit in the text first.")
        words = text[start:end].strip()
        start += text[start:end].index(words)
        place = {"start": start, "end": start + len(words), "text": words}

        def change(current: pd.DataFrame | None) -> pd.DataFrame:
            assert current is not None
            self.sheet = current
            name = next_id(article_id.iloc[0], [*current["id"], *self.material.machine])
            row = {"table": self.material.table, "id": name, "article_id": article_id.iloc[0], **place}
            return pd.concat([current, self._checked({**row, **self._coded(name, "add", given)})], ignore_index=True)

        self.sheet = self.store.update(change)


def _table_of(sheet: pd.DataFrame) -> str:
    return "positions" if "stance" in sheet.columns else "quotes"


def _check_units(sheet: pd.DataFrame, machine: Mapping[str, Row], study: Study, name: str) -> None:
    """Refuse rows that are not those of the study."""
    for row in records(sheet):
        if row["decision"] == "add":
            fits = row["article_id"] in study.originals
        else:
            known = machine.get(row["id"])
            fits = known is not None and (row["decision"] == "change" or known["text"] == row["text"])
        if not fits:
            raise ValueError(
                f"{row['id']}: the study has no such row with these words; the rows, or those in {name}, are of "
                "another analysis."
            )


def _hidden(sheet: pd.DataFrame, machine: Mapping[str, Row], wanted: Collection[str]) -> tuple[str, ...]:
    """Name the variables to hide: those that were asked for, and those that an undecided row was begun without."""
    open_rows = sheet[sheet["decision"].isna()]

    def begun(variable: str) -> bool:
        told = [unit for unit in open_rows["id"] if machine[unit][variable] is not None]
        return bool(told) and bool(open_rows[variable].isna().all())

    return tuple(v for v in VARIABLES[sheet["table"].iloc[0]] if v in wanted or begun(v))


def _covered(sheet: pd.DataFrame, hidden: Collection[str]) -> pd.DataFrame:
    """Take the machine's values of hidden variables out of the rows that are not decided."""
    open_rows = sheet["decision"].isna()
    told = [name for name in hidden if sheet.loc[open_rows, name].notna().any()]
    return sheet.assign(**{name: sheet[name].mask(open_rows) for name in told}) if told else sheet


def _texts(values: Any, names: Collection[str]) -> Row:
    """Read the values of the variables as a sheet writes them; what is empty is None."""
    given = values if isinstance(values, dict) else {}
    read: Row = {}
    for name in names:
        text = "" if given.get(name) is None else str(given[name]).strip()
        read[name] = (join_speakers(split_speakers(text)) if name == "speakers" else text) or None
    return read


def _told(row: Row | None) -> str:
    if row is None:
        return "Not saved: another window took this unit out of the sheet."
    when = f" at {row['coded_at'][11:16]} UTC" if row["coded_at"] else ""
    said = f"“{row['decision']}”" if row["decision"] else "undecided again"
    return f"Not saved: another window coded this row{when}: {said}. You see that here; decide again if you disagree."


def _codebook_of(study: Study, codebook: Codebook | str | Path | None) -> Codebook | None:
    if codebook is not None:
        return codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    own = load_codebook()
    return own if study.provenance.get("codebook_sha256") == own.sha256 else None
