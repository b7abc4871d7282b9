"""The body of a response to a login: JSON, a form, or plain text."""

import re
from urllib.parse import parse_qsl

from rest.bodies import Json
from rest.charsets import decoder_named
from rest.errors import ItemsError
from rest.response import Response
from rest.web_pages import is_web_page

_FORM_TYPE = "application/x-www-form-urlencoded"
# Some token endpoints send a form as text.
_FORM = re.compile(r"([\w.-]+=[^&\s]*&)*access_token=[^&\s]+(&[\w.-]+=[^&\s]*)*")


def login_body(response: Response) -> tuple[Json, ItemsError | None]:
    """Return the body, and the error for a scheme that finds nothing in a body that is no JSON.

    A form becomes an object, any other text a string, a web page null.
    """
    if response.is_empty:
        return None, None
    text = response.content.decode(decoder_named(response.charset), "replace").strip("\ufeff \t\r\n")
    if response.content_type == _FORM_TYPE or _FORM.fullmatch(text):
        return dict(parse_qsl(text, keep_blank_values=True)), None
    # A token in plain text can look like a number.
    if response.content_type == "text/plain" and not text.startswith(("{", "[", '"')):
        return text, response.parse_error()
    try:
        return response.body, None
    except ItemsError as error:
        return None if is_web_page(text) else text, error
