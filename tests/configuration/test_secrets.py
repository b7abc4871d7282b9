"""The secret texts in settings."""

import pytest

from configuration.secrets import secret_texts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Bearer made-up-token", {"made-up-token"}),
        ("Token   made-up-token", {"made-up-token"}),
        ("Basic YW15Om1hZGUtdXA=", {"YW15Om1hZGUtdXA=", "amy:made-up", "made-up"}),
        ("basic bm8tY29sb24=", {"bm8tY29sb24=", "no-colon"}),
        ("Basic not-base64!", {"not-base64!"}),
        ("Basic /////////w==", {"/////////w=="}),
        ("session=made-up-id; lang=en; csrf=made-up-too", {"made-up-id", "made-up-too"}),
        ("session=made-up-id", {"made-up-id"}),
        ("session=made-up-id;", {"made-up-id"}),
        (
            "-----BEGIN KEY-----\nTUFERS1VUC1LRVk6b25l\nTUFERS1VUC1LRVk6dHdv\nYQ==\n-----END KEY-----",
            {"TUFERS1VUC1LRVk6b25l", "TUFERS1VUC1LRVk6dHdv"},
        ),
        ("lang=en", set()),
        ("one two three-words", set()),
        ("Bearer short", set()),
    ],
)
def test_the_parts_of_a_credential_are_secret_too(text: str, parts: set[str]) -> None:
    """APIs may repeat a token without its scheme."""
    assert set(secret_texts({"custom_headers": {"X-Own": text}})) == {text, *parts}
