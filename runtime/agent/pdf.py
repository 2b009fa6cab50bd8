"""The text of a PDF, page by page. What can't be read says so, with what to do."""

import logging
import re
import unicodedata
from pathlib import Path

import structlog

from core.errors import PackError

log = structlog.get_logger(__name__)

MOST_PAGES = 1000
_ENOUGH = 20
"""Letters, on average a page, below which a document is pictures of pages."""
_HYPHEN = re.compile(r"(?<=\w)-\n(?=[a-záéíóúñü])")
_NEW_PARAGRAPH = re.compile(r"\n\s*\n|(?<=[.:!?])[ \t]*\n(?=\s*[A-ZÁÉÍÓÚÑ¿¡•\-–\d])|\n(?=\s*[•–]\s)")
_BULLET = re.compile(r"^[•–\-*·]\s*")


def read_pdf(path: Path) -> list[list[str]]:
    """Paragraphs of each page; an empty page has none. Raises PackError."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of every untidy table of a file that it can read
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PackError(
                "pack.pdf_encrypted", f"{path}: asks for a password: save it without one, and put it back here"
            )
        if (count := len(reader.pages)) > MOST_PAGES:
            raise PackError(
                "pack.pdf_long", f"{path}: has {count} pages, more than {MOST_PAGES}: split it into several files"
            )
        pages = [_paragraphs(page.extract_text()) for page in reader.pages]
    except PackError:
        raise
    except Exception as error:
        raise PackError(
            "pack.pdf_broken",
            f"{path}: is damaged, or no PDF ({type(error).__name__}: {error}): export it anew, or write its text into"
            " a Markdown file",
        ) from error
    letters = sum(len(paragraph) for page in pages for paragraph in page)
    if letters < _ENOUGH * max(len(pages), 1):
        raise PackError(
            "pack.pdf_scanned",
            f"{path}: its {len(pages)} pages are pictures, or empty: recognise their text first (for example with"
            " `ocrmypdf`), or write it into a Markdown file",
        )
    if empty := [number for number, page in enumerate(pages, 1) if not page]:
        log.warning("pdf_pages_without_text", path=str(path), pages=empty[:20], count=len(empty))
    return pages


def _paragraphs(text: str) -> list[str]:
    whole = _HYPHEN.sub("", text.replace("\r", "\n"))
    parts = (" ".join(_BULLET.sub("", clean(part)).split()) for part in _NEW_PARAGRAPH.split(whole))
    return [part for part in parts if part]


def clean(text: str) -> str:
    """Without characters that are not seen: control, direction, width zero."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf"))
