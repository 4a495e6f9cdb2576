"""The list of all addresses: what appears, moves or vanishes is seen in a review. `make urls` accepts it."""

from flask import Flask

from tests.architecture import tree

FILE = tree.ROOT / "tests" / "architecture" / "urls.txt"


def listed(app: Flask) -> list[str]:
    """One line an address: methods, path, endpoint, and who may use it."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = getattr(app.view_functions[rule.endpoint], "access", "nobody said who may use it")
        lines.append(f"{rule.rule}  {methods}  {rule.endpoint}  {access}")
    return sorted(lines)


def accept() -> None:
    """Write the present list into the file."""
    import tempfile  # optional: only for this command

    from callflow.app import create_app  # slow import
    from config import Settings

    with tempfile.TemporaryDirectory() as home:
        app = create_app(Settings.from_env({"CALLFLOW_ENV": "test", "CALLFLOW_HOME": home}))
        FILE.write_text("\n".join(listed(app)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    accept()
