"""The words of a letter inside a page."""

import re

from markupsafe import Markup


def on_screen(html: str) -> Markup:
    """Without its drawings, its headings below those of the page."""
    body = html.split("<body>", 1)[1].split("</body>", 1)[0]
    body = body.replace("<main", '<div class="flow"').replace("</main>", "</div>")
    frame = (("header", "div"), ("footer", "div"))
    for before, after in (("h3", "h5"), ("h2", "h4"), ("h1", "h3"), *frame):
        body = re.sub(rf"(</?){before}\b", rf"\g<1>{after}", body)
    return Markup(re.sub(r"<img\b[^>]*>", "", body))  # noqa: S704 - a template of ours wrote and escaped it
