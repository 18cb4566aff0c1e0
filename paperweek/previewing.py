"""A post as a page of its own, for a person at a terminal: no Jekyll, no blog. Pure."""

from __future__ import annotations

from markdown_it import MarkdownIt

from paperweek.model import Post
from paperweek.templating import rendered


def page_of(post: Post) -> str:
    """Return the post as one HTML page that needs nothing beside it.

    Raises RenderingError where the template is broken.
    """
    _, _, markdown = post.text.removeprefix("---\n").partition("\n---\n")
    # Without `html`, whatever looks like a tag in a stranger's text shows as itself.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return rendered("preview.html.j2", title=post.title, body=body)
