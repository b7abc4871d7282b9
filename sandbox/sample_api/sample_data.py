"""Generates the items of the company's collections.

Generation is deterministic. The size of one collection does not affect the items of another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
type Item = dict[str, Json]

_DEPARTMENTS = ("engineering", "product", "sales", "support", "finance")
_TIMEZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
_SKILLS = ("python", "go", "sql", "kubernetes", "design", "writing")
_TAGS = ("internal", "customer", "platform", "mobile", "research")
LARGEST_ID = 2**63 - 1  # the largest signed 64-bit integer; doubles are exact only up to 2^53


@dataclass(frozen=True, slots=True)
class Sizes:
    """Initial sizes of the collections. Those of tasks, subtasks and comments follow from them."""

    users: int = 120
    projects: int = 40
    tickets: int = 60
    events: int = 500


def generate(sizes: Sizes) -> dict[str, list[Item]]:
    """Return all items by collection. Children carry the ids of their parents."""
    projects = _many("projects", sizes.projects, lambda rng, i: _project(rng, i, sizes.users))
    tasks = list(_tasks(projects, sizes.users))
    tickets = _many("tickets", sizes.tickets, lambda rng, i: _ticket(rng, i, sizes.users))
    return {
        "users": _many("users", sizes.users, _user),
        "projects": projects,
        "tasks": tasks,
        "subtasks": list(_subtasks(tasks)),
        "tickets": tickets,
        "comments": list(_comments(tickets, sizes.users)),
        "events": _many("events", sizes.events, lambda rng, i: _event(rng, i, sizes.users)),
    }


def _many(name: str, count: int, make: Callable[[Random, int], Item]) -> list[Item]:
    rng = Random(name)
    return [make(rng, index) for index in range(count)]


def _user(rng: Random, index: int) -> Item:
    number = index + 1
    return {
        "id": number,
        "name": f"User {number}",
        "email": _email(number),
        "department": rng.choice(_DEPARTMENTS),
        "is_active": rng.random() < 0.8,
        "created_at": _moment(rng),
        "manager_id": None if number <= 3 else rng.randint(1, index),
        "profile": {"timezone": rng.choice(_TIMEZONES), "skills": _some(rng, _SKILLS)},
    }


def _project(rng: Random, index: int, users: int) -> Item:
    owner = _user_id(rng, users)
    return {
        "project_id": f"P-{index + 1:03d}",
        "project_name": f"Project {index + 1}",
        "description": f"What project {index + 1} is for.",
        "owner": None if owner is None else {"id": owner, "email": _email(owner)},
        "budget_amount": rng.randint(10, 900) * 1000 + rng.choice((0, 0.5)),
        "created_date": _moment(rng)[:10],
        "status": rng.choice(("active", "active", "active", "archived")),
        "tags": _some(rng, _TAGS),
    }


def _tasks(projects: Sequence[Item], users: int) -> Iterable[Item]:
    rng = Random("tasks")
    number = 1000
    for index, project in enumerate(projects):
        for _ in range(0 if index % 7 == 3 else rng.randint(0, 12)):
            number += 1
            yield {
                "project_id": project["project_id"],
                "task_id": number,
                "title": f"Task {number}",
                "state": rng.choice(("todo", "doing", "done")),
                "assignee_id": _user_id(rng, users),
                "estimate_hours": rng.choice((1, 2.5, 4, 8, 16)),
                "due_date": _moment(rng)[:10],
            }


def _subtasks(tasks: Sequence[Item]) -> Iterable[Item]:
    rng = Random("subtasks")
    number = 10_000
    for task in tasks:
        for _ in range(rng.randint(0, 3)):
            number += 1
            yield {
                "project_id": task["project_id"],
                "task_id": task["task_id"],
                "id": number,
                "title": f"Subtask {number}",
                "done": rng.random() < 0.5,
            }


def _ticket(rng: Random, index: int, users: int) -> Item:
    created = _moment(rng)
    return {
        "id": 101 + index,
        "subject": f"Ticket {101 + index}",
        "status": rng.choice(("open", "pending", "solved")),
        "priority": rng.choice(("low", "normal", "high", "urgent")),
        "requester_id": _user_id(rng, users),
        "created_at": created,
        "updated_at": _later(rng, created),
    }


def _comments(tickets: Sequence[Item], users: int) -> Iterable[Item]:
    rng = Random("comments")
    number = 5000
    for ticket in tickets:
        for _ in range(rng.randint(0, 5)):
            number += 1
            yield {
                "id": number,
                "ticket_id": ticket["id"],
                "author_id": _user_id(rng, users),
                "body": f"Comment {number}: any news?",
                "created_at": _later(rng, str(ticket["created_at"])),
            }


def _event(rng: Random, index: int, users: int) -> Item:
    return {
        "id": LARGEST_ID - index,
        "type": rng.choice(("login", "deploy", "comment", "alert")),
        "actor_id": _user_id(rng, users),
        "occurred_at": _moment(rng),
    }


def _user_id(rng: Random, users: int) -> int | None:
    return rng.randint(1, users) if users else None


def _email(number: int) -> str:
    return f"user{number}@example.com"


def _some(rng: Random, choices: Sequence[str]) -> list[Json]:
    return [*sorted(rng.sample(choices, rng.randint(0, 3)))]


def _moment(rng: Random) -> str:
    return _iso(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(525_600)))


def _later(rng: Random, moment: str) -> str:
    return _iso(datetime.fromisoformat(moment) + timedelta(minutes=rng.randrange(100_000)))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
