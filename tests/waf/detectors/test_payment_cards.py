from __future__ import annotations

import pytest

from edgeguard.waf.detectors.payment_cards import cards, is_card


def luhn(stem: str) -> str:
    """The number with its check digit."""
    digits = [int(digit) for digit in stem + "0"]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return stem + str(-total % 10)


VISA = luhn("453201511283036")
AMEX = luhn("37144963539840")
MASTERCARD = luhn("540123456789012")


@pytest.mark.parametrize(
    "number",
    [
        VISA,
        AMEX,
        MASTERCARD,
        luhn("222512345678901"),
        luhn("601198765432109"),
        luhn("352987654321098"),
        luhn("621234567890123456"),
    ],
)
def test_numbers_of_the_great_issuers(number: str) -> None:
    assert is_card(number)
    assert not is_card(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "number", ["4111111111111111", "4242424242424242", "378282246310005", luhn("400000000000000"), luhn("9" * 15)]
)
def test_numbers_for_tests_and_made_up_ones_are_none(number: str) -> None:
    assert not is_card(number)


def test_the_length_is_the_issuers() -> None:
    assert not is_card(luhn("45320151128303"))  # 15 digits, which no Visa has
    assert not is_card(luhn("3714496353984012"))


def grouped(number: str, sign: str) -> str:
    return sign.join(number[at : at + 4] for at in range(0, 16, 4))


@pytest.mark.parametrize(
    "text",
    [
        f"card {VISA} on file",
        f'{{"card": "{VISA}"}}',
        f"<td>{grouped(VISA, ' ')}</td>",
        f"{grouped(MASTERCARD, '-')}, valid until",
        f"pan_{VISA}",
        f"{AMEX[:4]} {AMEX[4:10]} {AMEX[10:]}.",
    ],
)
def test_numbers_in_a_text(text: str) -> None:
    [(begin, end)] = list(cards(text.encode()))
    assert is_card("".join(filter(str.isdigit, text[begin:end])))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"id": {VISA}, "x": 1}}',
        f"[{VISA}]",
        f"0.{VISA}",
        f"{VISA}.75",
        f"/assets/{VISA}/x.png",
        f"a-{VISA}",
        f"{VISA}-a",
        f"1{VISA}",
        f"{VISA}1",
        f"x{VISA}",
        "4111 1111 1111 1111",
        "",
    ],
)
def test_what_is_no_card(text: str) -> None:
    assert list(cards(text.encode())) == []


def test_all_of_them_in_order() -> None:
    text = f"{VISA} {AMEX} {MASTERCARD}".encode()
    assert [text[slice(*span)].decode() for span in cards(text)] == [VISA, AMEX, MASTERCARD]
