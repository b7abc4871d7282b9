"""What Port answers when it refuses: `{"ok": false, "error": "<code>", "message": "<text>"}`."""


class PortError(Exception):
    """A refusal. `status`: the HTTP status; `code`: Port's short name for the reason."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def invalid(message: str) -> PortError:
    """422: the request is understood but breaks a rule."""
    return PortError(422, "invalid_request", message)


def not_found(what: str, identifier: str) -> PortError:
    """404; `what` is Blueprint, Entity, Integration ..."""
    return PortError(404, "not_found", f'{what} with identifier "{identifier:.200}" was not found')


def taken(what: str, identifier: str) -> PortError:
    """409: something with this identifier exists and was not to be changed."""
    return PortError(409, "identifier_taken", f'{what} with identifier "{identifier:.200}" already exists')


def has_dependents(what: str, identifier: str, dependents: str) -> PortError:
    """422: deleting would leave `dependents` pointing at nothing."""
    return PortError(422, "has_dependents", f'{what} "{identifier:.200}" cannot be deleted: {dependents}')
