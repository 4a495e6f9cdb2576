"""The pages of one audience: each module of its package hangs its views on the package's blueprint."""

from importlib import import_module
from pkgutil import iter_modules


def hang_pages(package: str) -> None:
    """Import every module of an audience's package, in the order of their names: with that they are known."""
    for module in iter_modules(import_module(package).__path__, f"{package}."):
        import_module(module.name)
