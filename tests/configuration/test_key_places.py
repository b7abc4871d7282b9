"""A selector's key beside `selector` has no effect in Ocean, so it is an error."""

import pytest

from configuration.mapping_entry import check_key_places
from rest.errors import ResourceError


def test_a_selector_s_key_beside_selector_is_an_error() -> None:
    with pytest.raises(ResourceError, match="data_path, query is next to selector, not inside it") as caught:
        check_key_places({"kind": "/a", "data_path": ".a", "query": "true"})
    assert caught.value.hint == "Move data_path, query into selector"


def test_other_keys_may_be_those_of_port() -> None:
    check_key_places({"kind": "/a", "selector": {"data_path": ".a"}, "port": {}, "enableDelete": True})
