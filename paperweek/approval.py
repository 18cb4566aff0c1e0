"""What a person reads who decides on a post: the words of its pull request. Pure."""

from __future__ import annotations

from paperweek.datafile import read_data_file
from paperweek.model import Post
from paperweek.rendering import render_request


def request_of(post: Post) -> tuple[str, str]:
    """Return title and text (GitHub's Markdown) of the post's pull request."""
    return post.title, render_request(post, read_data_file(post.data))
