"""Take the here-documents out of a bash command (Bash manual §3.6.6)."""

import re
from dataclasses import dataclass

# <<EOF, <<-EOF, <<'EOF', also as "$(cat <<EOF … )".
_OPERATOR = re.compile(
    r"(?P<cat>\$\([ \t]*cat[ \t]*)?<<-?[ \t]*(?P<quote>['\"\\]?)(?P<tag>[A-Za-z_]\w*)['\"]?(?P<rest>[^\n]*)\n"
)
# Each operator takes a search through the rest of the text.
_MAX_HEREDOCS = 50
_CLOSING = re.compile(r"[ \t]*\n?[ \t]*\)")
# Private use characters, which no command contains: a body in place of a word, or as standard input.
_IN_WORD = "\ue000{}\ue002"
_AS_INPUT = "\ue001{}\ue002"
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_MARK = re.compile("([\ue000\ue001])([0-9]{1,4})\ue002")


@dataclass(frozen=True, slots=True)
class Heredocs:
    """A text whose here-documents are replaced by marks, and their bodies. Unquoted ones have variables."""

    text: str
    bodies: tuple[str, ...]

    def resolve(self, words: list[str]) -> tuple[list[str], str | None]:
        """Return the words with the bodies in place of the marks, and the standard input if any."""
        stdin: str | None = None
        resolved: list[str] = []
        for word in words:
            mark = _MARK.fullmatch(word)
            if mark and mark[1] == _AS_INPUT[0]:
                stdin = self._body(mark)
            else:
                resolved.append(_MARK.sub(self._body, word))
        return resolved, stdin

    def _body(self, mark: re.Match[str]) -> str:
        number = int(mark[2])
        return self.bodies[number] if number < len(self.bodies) else ""


def take_heredocs(text: str) -> Heredocs:
    """Return the text with marks instead of its here-documents."""
    parts: list[str] = []
    bodies: list[str] = []
    position = 0
    while len(bodies) < _MAX_HEREDOCS and (found := _OPERATOR.search(text, position)):
        last = re.compile(rf"^[ \t]*{found['tag']}[ \t]*$", re.MULTILINE).search(text, found.end())
        if not last:
            break
        body = text[found.end() : last.start()].removesuffix("\n")
        mark = (_IN_WORD if found["cat"] else f" {_AS_INPUT} ").format(len(bodies))
        parts += [text[position : found.start()], mark, "" if found["cat"] else found["rest"]]
        bodies.append(body if found["quote"] else _VARIABLE.sub(r"${\1}", body))
        position = last.end()
        if found["cat"] and (closing := _CLOSING.match(text, position)):
            position = closing.end()
    return Heredocs("".join([*parts, text[position:]]), tuple(bodies))
