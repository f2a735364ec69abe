"""A refusal, as the Messages API words it."""

from typing import Any


class Refusal(Exception):
    """The API says no; nothing is billed."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


def invalid(message: str) -> Refusal:
    """400: the request itself is wrong."""
    return Refusal(400, "invalid_request_error", message)


def error(kind: str, message: str, request_id: str) -> dict[str, Any]:
    """The body of an error."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}
