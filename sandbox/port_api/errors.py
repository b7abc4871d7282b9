"""Port's error responses: `{"ok": false, "error": "<code>", "message": "<text>"}`."""


class PortError(Exception):
    """A rejected request. status: the HTTP status; code: Port's error code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> PortError:
    """Return a 422 error: the request violates a rule."""
    return PortError(422, "invalid_request", message)


def not_found(what: str, identifier: str) -> PortError:
    """Return a 404 error. what: Blueprint, Entity, Integration and so on."""
    return PortError(404, "not_found", f'{what} with identifier "{identifier:.200}" was not found')


def already_exists(what: str, identifier: str) -> PortError:
    """Return a 409 error: the identifier is in use, and the request may not change its owner."""
    return PortError(409, "identifier_taken", f'{what} with identifier "{identifier:.200}" already exists')


def has_dependents(what: str, identifier: str, dependents: str) -> PortError:
    """Return a 422 error: the deletion would leave dangling relations. dependents: describes them."""
    return PortError(422, "has_dependents", f'{what} "{identifier:.200}" cannot be deleted: {dependents}')
