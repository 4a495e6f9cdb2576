"""Templates import only what they use, refer to what exists, and hold no style or script of their own."""

import re
from pathlib import Path

from flask import Flask
from jinja2 import Environment, meta, nodes

from tests.architecture import tree

# a mail program reads no style sheet, and a letter has its own
STYLED_BY_THEMSELVES = ("mail", "letters")
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\b(?:src|type="application/(?:ld\+)?json"))[^>]*>|\son[a-z]+\s*="""
)


def templates() -> list[Path]:
    return [*tree.files("*.html", under=tree.TEMPLATES), *tree.files("*.txt", under=tree.TEMPLATES)]


def syntax(environment: Environment, path: Path) -> nodes.Template:
    return environment.parse(path.read_text(encoding="utf-8"), filename=str(path))


def test_there_are_templates():
    assert len(templates()) > 5


def test_every_import_of_a_template_is_used(app: Flask):
    unused = []
    for path in templates():
        template = syntax(app.jinja_env, path)
        read = {node.name for node in template.find_all(nodes.Name) if node.ctx == "load"}
        unused += [f"{tree.name(path)}: {name}" for name in _imported(template) if name not in read]

    assert unused == []


def test_every_template_that_is_named_exists(app: Flask):
    missing = [
        f"{tree.name(path)}: {name}"
        for path in templates()
        for name in meta.find_referenced_templates(syntax(app.jinja_env, path))
        if name and not any((folder / name).is_file() for folder in _looked_in(path))
    ]

    assert missing == []


def test_no_template_holds_a_style_or_a_script_of_its_own():
    inline = [
        f"{tree.name(path)}:{number}"
        for path in tree.files("*.html", under=tree.TEMPLATES)
        if path.relative_to(tree.TEMPLATES).parts[0] not in STYLED_BY_THEMSELVES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if INLINE.search(line)
    ]

    assert inline == []


def test_a_component_is_a_file_of_macros_and_nothing_else(app: Flask):
    others = []
    for path in tree.files("*.html", under=tree.TEMPLATES / "components"):
        for node in syntax(app.jinja_env, path).body:
            blank = isinstance(node, nodes.Output) and all(
                isinstance(each, nodes.TemplateData) and not each.data.strip() for each in node.nodes
            )
            if not blank and not isinstance(
                node, nodes.Macro | nodes.Import | nodes.FromImport | nodes.Assign
            ):
                others.append(f"{tree.name(path)}:{node.lineno} {type(node).__name__}")

    assert others == []


def test_no_letter_or_mail_switches_escaping_off():
    unescaped = [
        tree.name(path)
        for part in STYLED_BY_THEMSELVES
        for path in tree.files("*.html", under=tree.TEMPLATES / part)
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8"))
    ]

    assert unescaped == []


def _looked_in(path: Path) -> list[Path]:
    """Letters have an environment of their own, whose names start in their folder."""
    own = tree.TEMPLATES / path.relative_to(tree.TEMPLATES).parts[0]
    return [own] if own.name == "letters" else [tree.TEMPLATES]


def _imported(template: nodes.Template) -> list[str]:
    names = [node.target for node in template.find_all(nodes.Import)]
    for node in template.find_all(nodes.FromImport):
        names += [each if isinstance(each, str) else each[1] for each in node.names]
    return names
