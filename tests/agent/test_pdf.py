"""PDFs as companies have them: readable, broken, locked, scanned, endless."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PackError
from runtime.agent import pdf as reading
from runtime.agent.passages import pdf_sections
from runtime.agent.pdf import read_pdf
from tests.agent.papers import locked, pdf

pytestmark = pytest.mark.unit

PRICES = ["Tarifas de montaje", "", "El montaje de un armario cuesta 45 euros, con desplaza-", "miento incluido.",
          "Los espejos se montan gratis."]  # fmt: skip


def test_paragraphs_of_each_page(tmp_path: Path) -> None:
    path = tmp_path / "prices.es.pdf"
    path.write_bytes(pdf([PRICES, ["Señalización: 10 € más por cada piso sin ascensor, desde el tercero."]]))
    first, second = read_pdf(path)
    assert "El montaje de un armario cuesta 45 euros, con desplazamiento incluido." in " ".join(first)
    assert second == ["Señalización: 10 € más por cada piso sin ascensor, desde el tercero."]


def test_each_page_is_a_section(tmp_path: Path) -> None:
    (tmp_path / "prices.es.pdf").write_bytes(pdf([PRICES, PRICES]))
    sections = list(pdf_sections(tmp_path))
    assert [(each.id, each.language, each.title) for each in sections] == [
        ("prices#p1", "es", "Prices, página 1"),
        ("prices#p2", "es", "Prices, página 2"),
    ]
    assert "45 euros" in sections[0].shown


def test_a_name_without_a_language_is_named(tmp_path: Path) -> None:
    (tmp_path / "Prices 2026.pdf").write_bytes(pdf([PRICES]))
    with pytest.raises(PackError, match=r"Prices 2026\.pdf: is not named subject\.language\.pdf"):
        list(pdf_sections(tmp_path))


def failure(path: Path) -> PackError:
    with pytest.raises(PackError) as caught:
        read_pdf(path)
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "content", [b"", b"not a PDF at all", pdf([PRICES])[:200], pdf([PRICES]).replace(b"/Pages 2", b"/Pages 9")]
)
def test_broken(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.es.pdf"
    path.write_bytes(content)
    wrong = failure(path)
    assert wrong.code == "pack.pdf_broken"
    assert "export it anew" in wrong.message


def test_locked(tmp_path: Path) -> None:
    path = tmp_path / "locked.es.pdf"
    locked(path, "secret")
    wrong = failure(path)
    assert wrong.code == "pack.pdf_encrypted"
    assert "save it without one" in wrong.message


def test_a_password_only_for_changing_it_keeps_nobody_from_reading(tmp_path: Path) -> None:
    path = tmp_path / "owner.es.pdf"
    locked(path, "")
    assert read_pdf(path) == [["Nobody reads this without the password."]]


def test_scanned(tmp_path: Path) -> None:
    path = tmp_path / "scanned.es.pdf"
    path.write_bytes(pdf([[], [], ["7"]]))
    wrong = failure(path)
    assert wrong.code == "pack.pdf_scanned"
    assert "ocrmypdf" in wrong.message


def test_five_hundred_pages_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.es.pdf"
    path.write_bytes(
        pdf([[f"En la página {number} se dice que el artículo {number} cuesta lo suyo."] for number in range(500)])
    )
    pages = read_pdf(path)
    assert len(pages) == 500
    assert "artículo 499" in pages[499][0]


def test_too_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PAGES", 2)
    path = tmp_path / "endless.es.pdf"
    path.write_bytes(pdf([PRICES] * 3))
    wrong = failure(path)
    assert wrong.code == "pack.pdf_long"
    assert "3 pages" in wrong.message


def test_what_is_not_seen_is_not_said(tmp_path: Path) -> None:
    assert reading.clean("Gra\u200btis\u202e hoy\x07") == "Gratis hoy"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 900), byte=st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, cut: int, byte: bytes) -> None:
    whole = pdf([PRICES])
    path = tmp_path / "damaged.es.pdf"
    path.write_bytes(whole[:cut] + byte + whole[cut + len(byte) :])
    with suppress(PackError):
        assert all(isinstance(paragraph, str) for page in read_pdf(path) for paragraph in page)
