"""Relations that the user adds by hand, also to blueprints that exist only in Port."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from builder.draft import Relation
from builder.port_names import blueprint_problem, property_problem, title_problem
from builder.web.choose.endpoint import EndpointForm, OwnRelation
from builder.web.page.issues import Issue
from expressions.paths import jq_path
from rest.errors import JqError

_NAME_ADVICE = "Enter a name that no other relation has, for example owner"
_TARGET_ADVICE = "Enter the identifier of a blueprint in Port, or of an endpoint on this page"
_JQ_ADVICE = "Enter jq for the identifier of the target, for example .owner.id"


def relations_of(form: EndpointForm) -> tuple[Relation, ...]:
    """Return the endpoint's relations: the user's own, and the selected proposals with other names."""
    own = tuple(
        Relation(
            each.name.strip(), each.target.strip(), each.expression.strip(), each.title.strip(), each.is_many
        )
        for each in form.own_relations
    )
    names = {each.name for each in own}
    proposed = (row.relation for row in form.relations if row.is_selected)
    return (*own, *(each for each in proposed if each.name not in names))


def read_own_relations(relations: Sequence[OwnRelation], data: Mapping[str, str]) -> tuple[OwnRelation, ...]:
    """Return the relations with the posted inputs. A relation without inputs in the form stays the same."""
    return tuple(_posted(number, relation, data) for number, relation in enumerate(relations))


def with_new_relation(form: EndpointForm) -> EndpointForm:
    """Return the endpoint with another, empty relation."""
    return replace(form, own_relations=(*form.own_relations, OwnRelation()))


def without_relation(form: EndpointForm, number: int) -> EndpointForm:
    """Return the endpoint without one of its own relations."""
    kept = tuple(each for place, each in enumerate(form.own_relations) if place != number)
    return replace(form, own_relations=kept)


def relation_issues(relations: Sequence[OwnRelation], known_blueprints: Collection[str]) -> Iterator[Issue]:
    """Yield the wrong inputs. known_blueprints: the possible targets, empty if they are not known."""
    names: set[str] = set()
    for number, relation in enumerate(relations):
        name, target = relation.name.strip(), relation.target.strip()
        field, label = f"own-relation-{number}", f"Relation {name or number + 1}"
        if message := property_problem(name) if name else "The relation has no name":
            yield Issue(f"{field}-name", label, message, advice=_NAME_ADVICE)
        elif name in names:
            yield Issue(f"{field}-name", label, "Another relation has the same name", advice=_NAME_ADVICE)
        names.add(name)
        if message := title_problem(relation.title.strip()):
            yield Issue(f"{field}-title", f"Title of {name}", message)
        if message := _target_problem(target, known_blueprints):
            yield Issue(f"{field}-target", f"Target of {name}", message, advice=_TARGET_ADVICE)
        if message := _jq_problem(relation.expression.strip()):
            yield Issue(f"{field}-expression", f"jq of {name}", message, advice=_JQ_ADVICE)


def _target_problem(target: str, known_blueprints: Collection[str]) -> str | None:
    if not target:
        return "The relation has no target"
    if message := blueprint_problem(target):
        return message
    if known_blueprints and target not in known_blueprints:
        return f"Neither Port nor this page has the blueprint {target}"
    return None


def _jq_problem(expression: str) -> str | None:
    if not expression:
        return "The relation has no jq expression"
    try:
        jq_path(expression)
    except JqError as error:
        return f"Invalid jq: {error}"
    return None


def _posted(number: int, relation: OwnRelation, data: Mapping[str, str]) -> OwnRelation:
    prefix = f"own-relation-{number}-"
    if f"{prefix}name" not in data:
        return relation
    return OwnRelation(
        data[f"{prefix}name"],
        data.get(f"{prefix}title", relation.title),
        data.get(f"{prefix}target", relation.target),
        data.get(f"{prefix}expression", relation.expression),
        f"{prefix}many" in data,
    )
