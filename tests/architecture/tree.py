"""The files of the project as the architecture tests see them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "callflow"
TEMPLATES = ROOT / "templates"
SKIPPED = {".venv", ".git", "build", "instance", "var", "node_modules", "__pycache__"}
OUTSIDE_SLICES = {"core", "web", "cli", "desk", "lifecycle", "open_data", "static", "translations"}
SLICE_FILES = ("states", "models", "rules", "queries", "actions")


def files(pattern: str, *, under: Path = ROOT) -> list[Path]:
    """Every file of the project that matches, in a stable order."""
    return sorted(
        path
        for path in under.rglob(pattern)
        if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts)
    )


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def product() -> list[Path]:
    """The Python files of callflow itself."""
    return [*files("*.py", under=PACKAGE), ROOT / "config.py", ROOT / "wsgi.py"]


def slices() -> list[Path]:
    """The packages of callflow that are slices of the call."""
    return [
        path.parent
        for path in sorted(PACKAGE.glob("*/__init__.py"))
        if path.parent.name not in OUTSIDE_SLICES
    ]


def members(package: Path, module: str) -> list[Path]:
    """The files of one of a slice's five modules, which may have grown into a package of the same name."""
    single = package / f"{module}.py"
    return [single] if single.is_file() else files("*.py", under=package / module)


def public_functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def calls(node: ast.AST) -> set[str]:
    """The last names of everything that is called inside a node: ``db.session.commit()`` gives commit."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            found.add(function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""))
    return found
