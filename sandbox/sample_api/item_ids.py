"""Ids for new items."""

from sandbox.sample_api.sample_data import LARGEST_ID, Json


class ItemIds:
    """Makes ids in the style of the existing ones: numbers, or texts like `P-041`. None is made twice.

    noun: the prefix if no item has an id yet.
    """

    def __init__(self, noun: str) -> None:
        self._least = LARGEST_ID
        self._largest = 0
        self._prefix: str | None = f"{noun}-"
        self._width = 1

    def note(self, own_id: Json) -> None:
        """Note an id that is in use."""
        if isinstance(own_id, int):
            self._prefix, number = None, own_id
        else:
            text = str(own_id)
            self._prefix = text.rstrip("0123456789")
            digits = text[len(self._prefix) :]
            self._width = len(digits) or 1
            number = int(digits[:18] or 0)
        self._least = min(self._least, number)
        self._largest = max(self._largest, number)

    def next(self) -> int | str:
        """Return an id that was never noted. The caller notes it when it uses it."""
        number = self._largest + 1
        if number > LARGEST_ID:
            number = self._least - 1
        return number if self._prefix is None else f"{self._prefix}{number:0{self._width}}"
