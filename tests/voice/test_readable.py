"""What is read aloud: a table of cases in both languages, and text without figures is left alone."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.readable import readable
from voice.tongues import TONGUES

pytestmark = pytest.mark.unit

SPANISH = {
    "Abrimos a las 9:30.": "Abrimos a las nueve y media.",
    "A las 13:15 o a la 1:05.": "A la una y cuarto de la tarde o a la una y cinco.",
    "9:00": "las nueve",
    "21:00 h": "las nueve de la noche",
    "12:00 y 0:30": "las doce del mediodía y doce y media de la noche",
    "9:30 p. m.": "las nueve y media de la noche.",
    "a las 8:45 de la mañana": "a las ocho y cuarenta y cinco de la mañana",
    "Lunes a sábado, 9:00-21:00.": "Lunes a sábado, de nueve de la mañana a nueve de la noche.",
    "de 10:00–13:30": "de diez de la mañana a una y media de la tarde",
    "16:00 - 20:00": "de cuatro a ocho de la tarde",
    "de 9:00 a 21:00": "de nueve a nueve de la noche",
    "el 24/11/2026": "el veinticuatro de noviembre de dos mil veintiséis",
    "2026-03-01": "uno de marzo de dos mil veintiséis",
    "12,50 €": "doce euros con cincuenta céntimos",
    "12.50€": "doce euros con cincuenta céntimos",
    "€1": "un euro",
    "21 euros": "veintiún euros",
    "0,99 €": "noventa y nueve céntimos",
    "1.234,05 €": "mil doscientos treinta y cuatro euros con cinco céntimos",
    "1.000.000 €": "un millón de euros",
    "-5 €": "menos cinco euros",
    "21 £": "veintiuna libras",
    "15 %": "quince por ciento",
    "12,5%": "doce coma cinco por ciento",
    "0,05 %": "cero coma cero cinco por ciento",
    "pedido 48213": "pedido cuatro ocho dos, uno tres",
    "el pedido número 1042": "el pedido número uno cero cuatro dos",
    "n.º 0042": "número cero cero cuatro dos",
    "AB-1042": "A B, uno cero cuatro dos",
    "#77": "siete siete",
    "en 2026 hubo 1042 ventas": "en 2026 hubo 1042 ventas",
    "91 123 45 67": "nueve uno, uno dos tres, cuatro cinco, seis siete",
    "+34 912 345 678": "más tres cuatro, nueve uno dos, tres cuatro cinco, seis siete ocho",
    "612345678": "seis uno dos, tres cuatro cinco, seis siete ocho",
    "2-3 días": "2 a 3 días",
    "3 kg y 1 km": "tres kilos y un kilómetro",
    "1,5 l": "uno coma cinco litros",
    "3º y 2ª planta": "tercero y segunda planta",
    "15.000 personas": "quince mil personas",
    "El Sr. García, Av. Mayor 3": "El Señor García, Avenida Mayor 3",
    "C/ Sol 2, p. ej.": "Calle Sol 2, por ejemplo",
    "pan, leche, etc. Gracias": "pan, leche, etcétera. Gracias",
    "ana@tienda.es": "ana arroba tienda punto es",
    "24/7": "24/7",
    "Listo ✅": "Listo ",
}
ENGLISH = {
    "We open at 9:30.": "We open at nine thirty.",
    "at 9:00": "at nine o'clock",
    "9:05": "nine oh five",
    "21:00": "nine in the evening",
    "12:00": "twelve noon",
    "12:30 and 0:00": "twelve thirty in the afternoon and twelve at night",
    "at 9 a.m. We close": "at nine in the morning. We close",
    "9:30 pm": "nine thirty in the evening",
    "9:30 in the morning": "nine thirty in the morning",
    "9:00-21:00": "from nine in the morning to nine in the evening",
    "from 1:00 pm - 5:00 pm": "from one to five in the afternoon",
    "2026-11-24": "November twenty-fourth, twenty twenty-six",
    "11/24/2026": "November twenty-fourth, twenty twenty-six",
    "24/11/2026": "November twenty-fourth, twenty twenty-six",
    "45/45/2026": "45/45/2026",
    "$3": "three dollars",
    "€12.50": "twelve euros and fifty cents",
    "12,50 €": "twelve euros and fifty cents",
    "£1 or $0.01": "one pound or one cent",
    "$1,234.56": "one thousand, two hundred and thirty four dollars and fifty six cents",
    "15%": "fifteen percent",
    "order 48213": "order four eight two, one three",
    "Order 1042": "Order one zero four two",
    "No. 48213": "number four eight two, one three",
    "No. Thanks.": "No. Thanks.",
    "A-1042": "A, one zero four two",
    "1234567": "one two three, four five, six seven",
    "in 1042 orders of 2026": "in 1042 orders of 2026",
    "(555) 123-4567": "five five five, one two three, four five six seven",
    "2-3 days": "2 to 3 days",
    "15,000 people": "fifteen thousand people",
    "3.14": "three point one four",
    "version 2.17.1": "version 2.17.1",
    "3 kg, 1 km/h": "three kilos, one kilometre an hour",
    "Mr. Smith, 5 Main St.": "Mister Smith, 5 Main Street.",
    "St. James & Dr. Who": "Saint James and Doctor Who",
    "e.g. pens, etc.": "for example pens, et cetera.",
    "COVID-19 and B2B": "COVID-19 and B2B",
}
CASES = [("es", text, spoken) for text, spoken in SPANISH.items()] + [("en", t, s) for t, s in ENGLISH.items()]


@pytest.mark.parametrize(("language", "text", "spoken"), CASES)
def test_cases(language: str, text: str, spoken: str) -> None:
    assert readable(text, language) == spoken


@pytest.mark.parametrize(("language", "text", "spoken"), CASES)
def test_what_is_readable_stays(language: str, text: str, spoken: str) -> None:
    assert readable(spoken, language) == spoken


words = st.text(string.ascii_letters + "áéíóúñüÁÉÑ" + " ,;!?¿¡'\n")


@given(words, st.sampled_from(list(TONGUES)))
def test_plain_words_are_left_alone(text: str, language: str) -> None:
    assert readable(text, language) == text


odd = st.text("0123456789.,:-/€$% apmhkgSt#ºA@", max_size=60)


@given(st.one_of(st.text(), odd), st.sampled_from([*TONGUES, "fr"]))
def test_no_text_is_too_odd(text: str, language: str) -> None:
    assert isinstance(readable(text, language), str)


@given(st.text())
def test_other_languages_are_left_alone(text: str) -> None:
    assert readable(text, "fr") == text


@given(st.integers(0, 10**9 - 1))
def test_no_digit_of_a_code_is_lost(number: int) -> None:
    spoken = readable(f"#{number:09d}", "en").replace(",", "").split()
    assert [TONGUES["en"].digits.index(word) for word in spoken] == [int(digit) for digit in f"{number:09d}"]
