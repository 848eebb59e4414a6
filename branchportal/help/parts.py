"""What is a guide made of?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A page that a section leads to."""

    label: Text
    url_name: str


@dataclass(frozen=True, slots=True)
class Section:
    """One task: its anchor, its question, what to do, and where."""

    anchor: str
    title: Text
    paragraphs: tuple[Text, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """What one kind of reader needs to know, on two screens. Its page is called guide_<slug>."""

    slug: str
    title: Text
    summary: Text
    sections: tuple[Section, ...]

    @property
    def url_name(self) -> str:
        """The name of its page."""
        return f"guide_{self.slug}"


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the glossary: what it means here and where it appears."""

    anchor: str
    term: Text
    meaning: Text
    where: tuple[Link, ...] = ()
