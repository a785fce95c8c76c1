"""Which files a list of paths names: folders are walked in order of name, and manifests are read."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.domain.text import MediaType
from service.intake.decoding import decode
from service.intake.limits import Tally, over
from service.intake.records import parse
from service.intake.wire import manifest_in

MANIFEST = "manifest.json"
STDIN = "-"
MEDIA_TYPE_OF_SUFFIX: dict[str, MediaType] = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
}
RECORD_SUFFIXES = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
_KNOWN = (*MEDIA_TYPE_OF_SUFFIX, *RECORD_SUFFIXES)
UNKNOWN_KIND = f"its suffix is none of {' '.join(_KNOWN)}"

_Inode = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Visit:
    """A path to look at, and the folders it was reached through."""

    path: Path
    above: frozenset[_Inode] = frozenset()


@dataclass(slots=True)
class Search:
    """The files found so far, each once, in order, and what manifests say of them.

    Both are by the files' real paths: a file may be named before its manifest is.
    """

    tally: Tally
    files: dict[str, Path] = field(default_factory=dict)
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)
    _folders: set[_Inode] = field(default_factory=set)

    def add(self, path: Path) -> None:
        """Take a path that the user named; what is wrong with it is told."""
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            self.tally.problem(shown(path), fault_of(error))
            return
        if stat.S_ISDIR(mode):
            self._walk(path)
        elif not stat.S_ISREG(mode):
            self.tally.problem(shown(path), "it is neither a file nor a folder")
        elif path.name == MANIFEST:
            self._read_manifest(path, takes_files=True)
        elif not is_known(path):
            self.tally.problem(shown(path), UNKNOWN_KIND)
        else:
            self._found(path)

    def _found(self, path: Path) -> None:
        self.files.setdefault(os.path.realpath(path), path)

    def _walk(self, root: Path) -> None:
        """Take the readable files below a folder; hidden ones are left out."""
        readable = ignored = 0
        problems = self.tally.problem_count
        waiting = [_Visit(root)]
        while waiting:
            visit = waiting.pop()
            try:
                found = visit.path.stat()
                if stat.S_ISDIR(found.st_mode):
                    waiting += self._enter(visit, (found.st_dev, found.st_ino))
                elif stat.S_ISREG(found.st_mode) and is_known(visit.path):
                    self._found(visit.path)
                    readable += 1
                else:
                    ignored += 1
            except OSError as error:
                self.tally.problem(shown(visit.path), fault_of(error))
        if not readable and self.tally.problem_count == problems:
            others = f"; {ignored} of other kinds ignored" if ignored else ""
            self.tally.problem(shown(root), f"no readable file in it{others}")

    def _enter(self, visit: _Visit, inode: _Inode) -> list[_Visit]:
        """Return what is in a folder, last name first; a folder seen before holds nothing new."""
        if inode in visit.above:
            reason = "a symbolic link back to a folder it lies in; not followed"
            self.tally.problem(shown(visit.path), reason)
            return []
        if inode in self._folders:
            return []
        names = sorted(os.listdir(visit.path), reverse=True)
        self._folders.add(inode)
        if MANIFEST in names:
            names.remove(MANIFEST)
            self._read_manifest(visit.path / MANIFEST, takes_files=False)
        above = visit.above | {inode}
        return [_Visit(visit.path / name, above) for name in names if not name.startswith(".")]

    def _read_manifest(self, path: Path, *, takes_files: bool) -> None:
        """Note what a manifest says of the files beside it, and take those where it was named."""
        try:
            content = _manifest(path, self.tally.limits.bytes_per_document)
        except (OSError, ValueError) as error:
            self.tally.problem(shown(path), fault_of(error))
            return
        stated = metadata_in(
            self.tally, shown(path), content, lambda name: (path.parent / name).is_file()
        )
        for name, metadata in stated.items():
            beside = path.parent / name
            self.metadata[os.path.realpath(beside)] = metadata
            if takes_files:
                self._found(beside)


def metadata_in(
    tally: Tally, place: str, content: bytes, is_there: Callable[[str], bool]
) -> dict[str, dict[str, Any]]:
    """Return what a manifest says of the files beside it, by their names; what is wrong is told."""
    try:
        manifest = manifest_in(parse(decode(content).text))
    except ValueError as error:
        tally.problem(place, fault_of(error))
        return {}
    stated = {}
    for entry in manifest.documents:
        if not is_there(entry.file):
            tally.problem(place, f"it names {entry.file!r}, which is not there")
        elif media_type_of(Path(entry.file)) is None:
            tally.problem(
                place,
                f"{entry.file!r}: JSON and unknown kinds of file take no metadata from a manifest",
            )
        else:
            stated[entry.file] = entry.metadata()
    return stated


def media_type_of(path: Path) -> MediaType | None:
    """Return the media type of a file that is one document, by its suffix."""
    return MEDIA_TYPE_OF_SUFFIX.get(path.suffix.lower())


def is_known(path: Path) -> bool:
    """Say whether a file is of a kind that is read, by its suffix."""
    return path.name.lower().endswith(_KNOWN)


def shown(path: Path | str) -> str:
    """Return a path as text that any terminal and JSON can carry."""
    return os.fsencode(path).decode("utf-8", "replace")


def fault_of(error: Exception) -> str:
    """Return what an error says, less the number and path that the system adds."""
    stated = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return stated[:1].lower() + stated[1:]


def _manifest(path: Path, limit: int) -> bytes:
    """Return the bytes of a folder's manifest; raises OSError, or ValueError for one too large."""
    size = path.stat().st_size
    if size > limit:
        raise ValueError(over(size, limit, "a document"))
    return path.read_bytes()
