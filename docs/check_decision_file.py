"""Check the file of a decision without callflow: python3 check_decision_file.py FILE.zip

Instead of the zip, the folder in which it is unpacked does as well.

Says whether every file is the one that the manifest names; whether the history is one unbroken chain that
ends where the manifest says, with the texts that it knows; whether each letter and each submission is the
one that was frozen, and each letter prints a head that the history had; whether the scans of signed letters
and the proofs of notification are those that the history names. A scan that the history says was taken back
may be absent: it may be about somebody else. Needs Python 3.9 or newer only.
Exit code 0: whole. 1: something is not as it was written; each break is named. 2: no file of a decision.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

FIRST, SECOND = "callflow decision file 1", "callflow decision file 2"
"""The first had no scans and no proofs in it."""
GENESIS = "0" * 64
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What a desktop leaves in a folder that somebody looked into."""


class Folder:
    """A zip that was unpacked, read like one."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def namelist(self):
        found = (each for each in sorted(self.path.rglob("*")) if each.is_file())
        return [each.relative_to(self.path).as_posix() for each in found if each.name not in LITTER]

    def read(self, name):
        return (self.path / name).read_bytes()


def opened(name):
    """The zip or the folder of this name."""
    return Folder(Path(name)) if Path(name).is_dir() else zipfile.ZipFile(name)


def canonical(value):
    """The one way in which data is written out before it is hashed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(value):
    return hashlib.sha256(value if isinstance(value, bytes) else value.encode()).hexdigest()


def files(archive, manifest):
    """Each file of the zip is the one that the manifest names, and none is missing or too many."""
    names = set(archive.namelist()) - {"manifest.json"}
    for name in sorted(names - set(manifest["files"])):
        yield f"{name}: not in the manifest"
    for name, expected in sorted(manifest["files"].items()):
        if name not in names:
            yield f"{name}: missing"
        elif digest(archive.read(name)) != expected:
            yield f"{name}: not the file that the manifest names"


def history(events, head):
    """The events follow each other without a hole, and end where the manifest says."""
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        where = f"history, event {expected}"
        if event["sequence"] != expected:
            yield f"{where}: missing or out of order"
            return
        if event["previous"] != previous:
            yield f"{where}: does not follow the event before it"
        said = [
            event[name]
            for name in (
                "trail",
                "sequence",
                "at",
                "actor",
                "pseudonym",
                "action",
                "source",
                "dest",
                "data",
                "text_digests",
                "previous",
            )
        ]
        if digest(canonical(said)) != event["hash"]:
            yield f"{where}: changed after it was written"
        for name, text in event["texts"].items():
            erased = text["body"] is None
            if not erased and digest(f"{text['salt']}\n{text['body']}") != event["text_digests"].get(name):
                yield f"{where}: the text {name} was changed"
        previous = event["hash"]
    if head != {"events": len(events), "head": previous}:
        yield "history: its end is not the one that the manifest names"


def letters(archive, names, events):
    """Each letter is the one that the history names, and its PDF the one that was made from it."""
    named = {e["data"]["number"]: e["data"]["sha256"] for e in events if e["action"] == "letter_written"}
    sealed = {e["data"]["number"]: e["data"]["sha256"] for e in events if e["action"] == "letter_sealed"}
    for name in names:
        said = json.loads(archive.read(name))
        number = said["number"]
        if digest(canonical(said["context"])) != named.pop(number, None):
            yield f"letter {number}: not the one that the history names"
        seen, head = said["context"]["history"]
        if head != (events[seen - 1]["hash"] if 0 < seen <= len(events) else GENESIS):
            yield f"letter {number}: prints a head that the history never had"
        pdf = f"letters/{number}.pdf"
        if said["pdf_sha256"] and (
            pdf not in archive.namelist() or digest(archive.read(pdf)) != said["pdf_sha256"]
        ):
            yield f"letter {number}: its PDF is not the one that was made"
        yield from seal(archive, said, sealed.pop(number, None))
    for number in sorted(named):
        yield f"letter {number}: named in the history and not here"
    for number in sorted(sealed):
        yield f"letter {number}: sealed in the history and not here"


def seal(archive, said, named):
    """The sealed copy is the one that the history names. Whose seal it is, a PDF reader says."""
    held = said.get("seal")
    if (held and held["sha256"]) != named:
        yield f"letter {said['number']}: its seal is not the one that the history names"
    if held:
        pdf = f"letters/{said['number']}-sealed.pdf"
        if pdf not in archive.namelist() or digest(archive.read(pdf)) != held["sha256"]:
            yield f"letter {said['number']}: its sealed PDF is not the one that was made"


def scans_of(events, action):
    """By its name the digest of each scan that such an event speaks of."""
    return {
        f"letters/{e['data']['letter']}-signed-{e['data']['copy']}.pdf": e["data"]["sha256"]
        for e in events
        if e["action"] == action
    }


def left_out(names, events):
    """The scans that are not here because they were taken back."""
    return sorted(scans_of(events, "signed_copy_taken_back").keys() - set(names))


def papers(archive, events):
    """The scans and the proofs that came in later are those that the history names, and none is missing."""
    names = archive.namelist()
    scans, left = scans_of(events, "signed_copy_added"), left_out(names, events)
    here = {each for each in names if each.startswith("letters/") and "-signed-" in each}
    for name in sorted(scans.keys() | here):
        if name in left:
            continue
        if name not in scans:
            yield f"{name}: the history names no such scan"
        elif name not in names or digest(archive.read(name)) != scans[name]:
            yield f"{name}: not the scan that the history names"
    told = {e["data"]["proof"] for e in events if e["action"] == "notified" and e["data"].get("proof")}
    proofs = {digest(archive.read(name)): name for name in names if name.startswith("proofs/")}
    for name in sorted(proofs[each] for each in proofs.keys() - told):
        yield f"{name}: the history names no such proof"
    for each in sorted(told - proofs.keys()):
        yield f"proof of notification {each[:16]}: named in the history and not here"


def submissions(archive, names):
    """Each submission is what its own digest says."""
    for name in names:
        said = json.loads(archive.read(name))
        if digest(canonical([said["title"], said["answers"], said["form"]])) != said["sha256"]:
            yield f"submission {said['number']}: changed after it was handed in"


def breaks(archive):
    """Everything in this zip that is not as it was written."""
    manifest = json.loads(archive.read("manifest.json"))
    if manifest.get("format") not in (FIRST, SECOND):
        raise KeyError("format")
    events = json.loads(archive.read("history.json"))
    here = [name for name in archive.namelist() if name.endswith(".json")]
    yield from files(archive, manifest)
    told = manifest["history"]
    yield from history(events, {"events": told["events"], "head": told["head"]})
    yield from letters(archive, [name for name in here if name.startswith("letters/")], events)
    yield from submissions(archive, [name for name in here if name.startswith("submissions/")])
    if manifest["format"] == SECOND:
        yield from papers(archive, events)


def main(arguments):
    sys.stdout.reconfigure(errors="backslashreplace")  # a console that cannot draw a name still gets it
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        with opened(arguments[0]) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            found = list(breaks(archive))
            left = left_out(archive.namelist(), json.loads(archive.read("history.json")))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, AttributeError, ValueError) as wrong:
        print(f"{arguments[0]} is no file of a decision: {wrong!r}")
        return 2
    for each in found:
        print(each)
    if not found:
        told = manifest["history"]
        print(f"{manifest['reference']}: whole, {len(manifest['files'])} files, {told['events']} events")
        print(f"head of the history: {told['head']} (each letter prints the head of its day)")
        for name in left:
            print(f"{name}: taken back, so left out; the history says by whom, when and why")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
