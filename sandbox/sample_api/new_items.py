"""The fields of new items that nobody set."""

from datetime import UTC, datetime

from sandbox.sample_api.sample_data import Item


def new_item(collection: str, now: datetime) -> Item:
    """Return the default fields of a new item, without its ids."""
    return _DEFAULTS[collection] | {
        name: now.astimezone(UTC).strftime(pattern) for name, pattern in _TIMES.get(collection, {}).items()
    }


_DEFAULTS: dict[str, Item] = {
    "users": {
        "name": "New user",
        "email": "new.user@example.com",
        "department": "engineering",
        "is_active": True,
        "manager_id": None,
        "profile": {"timezone": "UTC", "skills": []},
    },
    "projects": {
        "project_name": "New project",
        "description": "",
        "owner": None,
        "budget_amount": 0,
        "status": "active",
        "tags": [],
    },
    "tasks": {
        "title": "New task",
        "state": "todo",
        "assignee_id": None,
        "estimate_hours": 1,
        "due_date": None,
    },
    "subtasks": {"title": "New subtask", "done": False},
    "tickets": {"subject": "New ticket", "status": "open", "priority": "normal", "requester_id": None},
    "comments": {"author_id": None, "body": "New comment"},
    "events": {"type": "comment", "actor_id": None},
}
_MOMENT, _DAY = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
_TIMES: dict[str, dict[str, str]] = {
    "users": {"created_at": _MOMENT},
    "projects": {"created_date": _DAY},
    "tickets": {"created_at": _MOMENT, "updated_at": _MOMENT},
    "comments": {"created_at": _MOMENT},
    "events": {"occurred_at": _MOMENT},
}
