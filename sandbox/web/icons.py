"""Maps Port's icon names to the icons of this site."""

_KNOWN = (
    ("user", ("user", "person", "people", "employee", "contact", "customer", "author")),
    ("team", ("team", "group", "organization", "company", "department")),
    ("service", ("service", "micro", "api", "server", "node", "deploy")),
    ("ticket", ("ticket", "issue", "alert", "incident", "bug", "jira", "support")),
    ("comment", ("comment", "message", "chat", "slack", "note")),
    ("check", ("task", "todo", "check", "story", "step")),
    ("branch", ("git", "branch", "repo", "commit", "merge", "pull")),
    ("cloud", ("cloud", "aws", "azure", "gcp", "google", "kube", "k8s", "cluster", "region")),
    ("data", ("data", "sql", "table", "storage", "bucket", "cache")),
    ("box", ("package", "box", "project", "product", "folder", "component")),
)
_OTHER = "tag"


def icon_for(blueprint: dict[str, object]) -> str:
    """Return the icon for a blueprint, by its icon name or else by its identifier."""
    icon = _find(str(blueprint.get("icon") or ""))
    return _find(str(blueprint["identifier"])) if icon == _OTHER else icon


def _find(name: str) -> str:
    lower = name.lower()
    return next((icon for icon, words in _KNOWN if any(word in lower for word in words)), _OTHER)
