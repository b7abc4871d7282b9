"""Secrets are masked in all their forms, and other words are not."""

import json
import quopri
import time
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.origin import Redactor, cut

SECRET = "Xk7+q/9=töken & Made"
HEX = "9f86d081884c7d65"


def every_letter(text: str, how: str) -> str:
    return "".join(how.format(ord(letter)) for letter in text)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(SECRET.upper().replace("Ö", "ö"), id="upper case"),
        pytest.param(SECRET.lower(), id="lower case"),
        pytest.param(quote(SECRET, safe=""), id="percent"),
        pytest.param(quote(SECRET, safe="").replace("%2F", "%2f").replace("%3D", "%3d"), id="lower hex"),
        pytest.param(quote(SECRET, safe="/+="), id="percent in part"),
        pytest.param(quote_plus(SECRET), id="form"),
        pytest.param("".join(f"%{byte:02x}" for byte in SECRET.encode()), id="percent for plain letters"),
        pytest.param(quote(quote(SECRET, safe=""), safe=""), id="percent twice"),
        pytest.param(quote(quote(quote(SECRET)), safe=""), id="percent three times"),
        pytest.param(json.dumps(SECRET)[1:-1], id="JSON in ASCII"),
        pytest.param(SECRET.replace("/", "\\/"), id="JSON of PHP"),
        pytest.param(every_letter(SECRET, "\\u{:04x}"), id="JSON for plain letters"),
        pytest.param(every_letter(SECRET, "\\u{:04X}"), id="JSON in upper hex"),
        pytest.param(json.dumps(json.dumps(SECRET)[1:-1])[1:-1], id="JSON in JSON"),
        pytest.param(quote(json.dumps(SECRET)[1:-1]), id="JSON in a URL"),
        pytest.param(escape(SECRET), id="HTML"),
        pytest.param(every_letter(SECRET, "&#{};"), id="HTML by numbers"),
        pytest.param(every_letter(SECRET, "&#x{:X};"), id="HTML by hex"),
        pytest.param(SECRET.replace("ö", "&ouml;").replace("&", "&amp;", 0), id="HTML by names"),
        pytest.param(escape(quote(SECRET)), id="URL in HTML"),
        pytest.param(json.dumps(escape(SECRET))[1:-1], id="HTML in JSON"),
        pytest.param(repr(SECRET.encode())[2:-1], id="Python's bytes"),
        pytest.param(SECRET.encode().hex(), id="hexadecimal"),
        pytest.param(SECRET.encode().hex().upper(), id="upper hexadecimal"),
        pytest.param(b64encode(SECRET.encode()).decode(), id="base64"),
        pytest.param(urlsafe_b64encode(SECRET.encode()).decode(), id="base64 for URLs"),
        pytest.param(b64encode(SECRET.encode()).decode().rstrip("="), id="base64 without its end"),
        pytest.param(quote(b64encode(SECRET.encode()).decode(), safe=""), id="base64 in a URL"),
        pytest.param(b64encode(SECRET.encode()).decode().replace("/", "\\/"), id="base64 in JSON"),
        pytest.param(normalize("NFD", SECRET), id="accents as letters"),
        pytest.param("\0".join(SECRET), id="two bytes a letter"),
        pytest.param(f"{SECRET[:6]}\r\n\t{SECRET[6:]}", id="folded"),
        pytest.param(f"{SECRET[:9]}\\r\\n{SECRET[9:]}", id="folded in JSON"),
    ],
)
def test_no_form_of_a_secret_is_left(form: str) -> None:
    shown = Redactor.of([SECRET])(f"before {form} after")
    assert shown.replace("=", "").replace("%3D", "") == "before *** after"


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode, encodebytes])
@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("after", range(4))
def test_no_part_of_a_secret_is_left_in_the_base64_of_more(
    before: int, after: int, encode: Callable[[bytes], bytes]
) -> None:
    """Characters that encode only a part of the secret are masked, too."""
    secret = "q~>?" * 30
    text = encode(b"u" * before + secret.encode() + b"v" * after).decode()
    kept = "".join(Redactor.of([secret])(text).replace("\n", "").rstrip("=").split("***"))
    # Up to four bits of the last character may be padding.
    assert len(kept) * 6 <= (before + after) * 8 + 4
    assert "***" in Redactor.of([secret])(text)


def test_base64_of_a_secret_next_to_multibyte_characters_is_masked() -> None:
    text = f"ü{b64encode(b'xhunter22y').decode()[2:12]}ü"
    assert Redactor.of(["hunter22"])(text) == "ü***ü"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("admin", "Admin asks; ADMIN answers"),
        ("secretary", "The Secretary of SECRETARY"),
        ("abc", "ABC aGJj YWJj 616263"),
        ("a b", "ab a%2520c"),
        ("pass", "cGFzcw and 70617373"),
        ("hunter22", "hunter2 hunter 22 unter22 huntër22"),
        ("hunter22", "hu… hu... h…"),
        ("hunter22", "100 % of &nope; and \\q \\u12 %zz"),
    ],
)
def test_other_words_are_not_masked(secret: str, text: str) -> None:
    assert Redactor.of([secret])(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HEX.upper(), "***"),
        (HEX.title(), "***"),
        ("correct horse battery", "***"),
        ("CORRECT HORSE BATTERY", "***"),
        ("correct+horse+battery", "***"),
    ],
)
def test_a_long_secret_is_masked_in_any_case(text: str, shown: str) -> None:
    assert Redactor.of([HEX, "correct horse battery"])(text) == shown


@pytest.mark.parametrize("mark", ["…", "..."])
@pytest.mark.parametrize(
    "part", ["hun", "hunter2", "HUNTER2", "%68unter", "\\u0068unt", b64encode(b"hunter22x").decode()[:9]]
)
def test_a_truncated_secret_is_masked(part: str, mark: str) -> None:
    """jq truncates the values in its error messages."""
    assert Redactor.of(["hunter22"])(f'string ("{part}{mark}) fails') == f'string ("***{mark}) fails'


def test_a_truncated_secret_inside_other_text_is_masked() -> None:
    redact = Redactor.of(["abcabcabd"])
    assert redact("abcabcabcab… abcab.. abc...abcabx… abcabcabd…") == "abc***… abcab.. ***...abcabx… ***…"
    assert redact("abc… and abcab") == "***… and abcab"


_REPEATED = [
    *("...", "abc...", "…", "abc", "%25", "%61", "\\", "\\u0061", "&amp;", "&#97;", "\n", "\0"),
    *("%5Cu0061&amp;\n", "%255C%255Cu0061", "\\n\\u0026amp;%25"),
]


@pytest.mark.parametrize("text", _REPEATED)
def test_the_search_is_fast_on_adversarial_texts(text: str) -> None:
    """The texts come from an API, which may try to block the process."""
    redact = Redactor.of([f"{'abc' * 500}{number}" for number in range(10)])
    start = time.process_time()
    redact(text * (20_000 // len(text)))
    assert time.process_time() - start < 10


def test_a_cut_text_ends_with_a_cut_mark() -> None:
    assert cut("hunter22", 8) == "hunter22"
    assert Redactor.of(["hunter22"])(cut("the hunter22", 8)) == "the ***…"


def test_a_secret_that_crosses_the_end_is_masked_whole() -> None:
    redact = Redactor.of(["hunter22"])
    assert redact.start_of("ö hunter22 and hunter22", 5) == "ö ***"
    assert redact.start_of("ö hunter22 and hunter22", 12) == "ö *** a"
    assert redact.start_of("hunter22" * 3, 3) == "***"
    assert redact.start_of("nothing of it", 7) == "nothing"


def test_only_the_last_twenty_tokens_are_masked() -> None:
    """A login that returns a new token for each request must not use up memory or time."""
    redact = Redactor.of(["hunter22"])
    for number in range(1_000):
        redact.learn([f"token-{number:06}", "en-US"])
        redact.learn(["en-US"])
    assert redact("hunter22 token-000999 token-000980 en-US") == "*** *** *** en-US"
    assert redact("token-000979") == "token-000979"


_ENCODERS: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: quote(text, safe=""),
    quote_plus,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    escape,
    lambda text: every_letter(text, "&#{};"),
    lambda text: b64encode(text.encode()).decode(),
]


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8),
    st.lists(st.sampled_from(_ENCODERS), max_size=3),
)
def test_nested_escapes_are_decoded(secret: str, encoders: list[Callable[[str], str]]) -> None:
    form = secret
    # Base64 is applied first, because escapes inside base64 are not decoded.
    for encode in sorted(encoders, key=lambda each: each is not _ENCODERS[-1]):
        form = encode(form)
    if encoders.count(_ENCODERS[-1]) <= 1:
        assert "***" in Redactor.of([secret])(f"<{form}>")


def test_quoted_printable_is_not_masked() -> None:
    """Nor are ciphers or reordered letters. Masking helps, but it cannot catch everything."""
    form = quopri.encodestring("höchst-geheim".encode()).decode()
    assert Redactor.of(["höchst-geheim"])(form) == form
