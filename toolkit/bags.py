"""Bags: folders or zip files whose every file is listed with its checksum, so that a changed one is noticed.

The form is BagIt 1.0 (RFC 8493): the files under ``data/``, their SHA-256 sums in ``manifest-sha256.txt``, and the sums
of those lists in ``tagmanifest-sha256.txt``. Checksums show damage and careless changes. Whoever wants to deceive can
write new ones, so publish the *fingerprint* (the sum over all sums) where the archive is cited.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_MANIFEST, _TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_TAGGED = ("bag-info.txt", "bagit.txt", _MANIFEST)
_LARGEST = 2_000_000_000
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*)")


@dataclass(frozen=True, repr=False)
class Bag:
    """What a bag holds, after every checksum was found right.

    Attributes:
        files: Content of each file by its path below ``data/``.
        fingerprint: SHA-256 of the list of all checksums; one that was published tells that this is the same bag.
    """

    files: dict[str, bytes]
    fingerprint: str

    def __repr__(self) -> str:
        return f"Bag({len(self.files)} files, fingerprint {self.fingerprint[:12]})"


def write_bag(files: Mapping[str, bytes], target: Path, *, info: Mapping[str, str]) -> Path:
    """Write files as a bag.

    Args:
        files: Content by path, such as ``tables/quotes.csv``.
        target: A folder, or a file that ends in ``.zip``; must not exist yet, or be an empty folder.
        info: What ``bag-info.txt`` says, by key; ``Bagging-Date`` also dates the files of a zip.

    Returns:
        The target.

    Raises:
        FileExistsError: There is something at the target.
        ValueError: A path leads out of the bag.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise FileExistsError(f"{target} exists already; give a new name, or remove it first.")
    for name in files:
        _check_path(name, str(target))
    payload = {f"data/{name}": files[name] for name in sorted(files)}
    size = sum(map(len, payload.values()))
    said = {**info, "Payload-Oxum": f"{size}.{len(payload)}"}
    tags = {
        "bag-info.txt": "".join(f"{key}: {' '.join(value.split())}\n" for key, value in said.items()).encode(),
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        _MANIFEST: _sums(payload),
    }
    everything = {**payload, **tags, _TAGS: _sums(tags)}
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".zip":
        _write_zip(everything, target, info.get("Bagging-Date", ""))
    else:
        for name, content in everything.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
    return target


def read_bag(path: Path) -> Bag:
    """Read a bag, and refuse one in which anything was changed, added or removed.

    Nothing is unpacked onto the disk.

    Raises:
        FileNotFoundError: There is nothing at the path.
        ValueError: It is no bag, a path in it leads out of it, or it was changed; names the files.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; give the folder or zip file that `write_archive` wrote.")
    found = _read_folder(path) if path.is_dir() else _read_zip(path)
    missing = [name for name in (*_TAGGED, _TAGS) if name not in found]
    if missing:
        raise ValueError(f"{path} is no archive of this toolkit, or was changed: {', '.join(missing)} missing.")
    listed = _listed(found[_TAGS], path) | {_TAGS: hashlib.sha256(found[_TAGS]).hexdigest()}
    unlisted = [name for name in _TAGGED if name not in listed]
    inside = _listed(found[_MANIFEST], path)
    strays = [name for name in inside if not name.startswith("data/")]
    sums = {**inside, **listed}
    faults = [f"{name} is listed, but not there" for name in sorted(sums.keys() - found.keys())]
    faults += [f"{name} is there, but not listed" for name in sorted({*(found.keys() - sums.keys()), *unlisted})]
    faults += [f"{name} is listed among the data" for name in strays]
    faults += [
        f"{name} was changed (its checksum differs)"
        for name in sorted(sums.keys() & found.keys())
        if hashlib.sha256(found[name]).hexdigest() != sums[name]
    ]
    if faults:
        shown = "; ".join(faults[:10]) + (f"; and {len(faults) - 10} more" if len(faults) > 10 else "")
        raise ValueError(f"{path} is not as it was written: {shown}. Get a fresh copy from where it was published.")
    files = {name.removeprefix("data/"): content for name, content in found.items() if name.startswith("data/")}
    return Bag(files, sums[_TAGS])


def _sums(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {_encoded(name)}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()


def _encoded(name: str) -> str:
    """Write a path as BagIt wants it, with line ends and percent signs escaped."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _listed(content: bytes, path: Path) -> dict[str, str]:
    """Read a list of checksums."""
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: a list of checksums is not UTF-8; the archive was changed.") from error
    found: dict[str, str] = {}
    for line in filter(str.strip, lines):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"{path}: a list of checksums has the line {line[:80]!r}; the archive was changed.")
        name = match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        _check_path(name, str(path))
        if name in found:
            raise ValueError(f"{path}: {name} is listed twice; the archive was changed.")
        found[name] = match[1].lower()
    return found


def _check_path(name: str, where: str) -> None:
    """Refuse a path that could lead out of the bag on any system."""
    parts = name.split("/")
    if not name or {"", ".", ".."} & set(parts) or re.search(r"[\\:\x00-\x1f]", name):
        raise ValueError(
            f"{where}: the path {name[:80]!r} could lead out of the archive; it is not read. "
            "Do not trust this archive, and get it from where it was published."
        )


def _read_folder(folder: Path) -> dict[str, bytes]:
    found, total = {}, 0
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            entry = Path(above) / name
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                raise ValueError(f"{entry} is a link or no plain file; an archive holds plain files only. Remove it.")
        for name in files:
            entry = Path(above) / name
            total = _add(total, entry.stat().st_size, folder)
            found[entry.relative_to(folder).as_posix()] = entry.read_bytes()
    return found


def _read_zip(path: Path) -> dict[str, bytes]:
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is neither a folder nor a zip file; give what `write_archive` wrote.")
    found: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(path) as bag:
            for entry in bag.infolist():
                name = entry.orig_filename.removesuffix("/") if entry.is_dir() else entry.orig_filename
                _check_path(name, str(path))
                mode = entry.external_attr >> 16
                if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise ValueError(f"{path}: {name} is a link or no plain file; an archive holds plain files only.")
                if entry.is_dir():
                    continue
                if name in found:
                    raise ValueError(f"{path}: {name} is there twice; the archive was changed.")
                total = _add(total, entry.file_size, path)
                found[name] = bag.read(entry)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise ValueError(f"{path} cannot be read: {error}. Get a fresh copy from where it was published.") from error
    return _without_top(found)


def _add(total: int, size: int, path: Path) -> int:
    if total + size > _LARGEST:
        raise ValueError(f"{path} holds more than {_LARGEST:,} bytes, which no archive of this toolkit does; not read.")
    return total + size


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take off the one folder that a zipped bag stands in."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and "bagit.txt" not in files:
        return {name.split("/", 1)[-1]: content for name, content in files.items()}
    return files


def _write_zip(files: Mapping[str, bytes], target: Path, day: str) -> None:
    when = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", day)
    year, month, date = (int(part) for part in when.groups()) if when else (1980, 1, 1)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bag:
        for name in _sorted(files):
            entry = zipfile.ZipInfo(f"{target.stem}/{name}", (max(1980, year), month, date, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
            bag.writestr(entry, files[name])


def _sorted(names: Iterable[str]) -> list[str]:
    """Put the data first, as unpacking programs show a zip in its order."""
    return sorted(names, key=lambda name: (not name.startswith("data/"), name))
