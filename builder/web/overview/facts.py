"""What is known about the inputs of the page. The states are made from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.inference import FoundPagination
from builder.web.choose.endpoint import Origin
from builder.web.page.issues import Issue


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What is known about step 1.

    errors, missing: of its inputs. missing includes the secret that requests need.
    is_tested: the API accepted a request with these inputs. failure: why it did not.
    is_changed: the inputs have changed since the last request.
    """

    errors: Sequence[Issue] = ()
    missing: Sequence[Issue] = ()
    is_tested: bool = False
    failure: Issue | None = None
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What the sample's items become. problems: values that break Port's rules. doubts: everything else."""

    entities: int = 0
    problems: Sequence[Issue] = ()
    doubts: Sequence[Issue] = ()


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What is known about a sample.

    path: of the endpoint when the sample was taken. is_other_address: it is from another base URL.
    """

    origin: Origin
    path: str
    items: int
    is_other_address: bool = False


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known about the pages of a sample.

    found: None if its items cannot be read. type: the pagination type of the settings.
    failed_test: why a request for the next page found no new items.
    """

    found: FoundPagination | None = None
    type: str = "auto"
    failed_test: str = ""


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What is known about an endpoint.

    errors, missing: of its inputs, placeholders without a source included. failure: of the last fetch.
    entities: None until the items are mapped with these inputs.
    """

    number: int
    path: str
    errors: Sequence[Issue] = ()
    missing: Sequence[Issue] = ()
    failure: Issue | None = None
    sample: SampleFacts | None = None
    pages: PageFacts = PageFacts()
    entities: EntityFacts | None = None


@dataclass(frozen=True, slots=True)
class InstallFacts:
    """What is known about step 3.

    is_ready: no input of an installation is missing. delivery: how the draft left the page, in words.
    is_changed: the draft has changed since. failure: why Port does not have it.
    """

    errors: Sequence[Issue] = ()
    is_ready: bool = False
    delivery: str = ""
    is_changed: bool = False
    failure: Issue | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about the whole page."""

    connection: ConnectionFacts = ConnectionFacts()
    endpoints: Sequence[EndpointFacts] = ()
    install: InstallFacts = InstallFacts()
