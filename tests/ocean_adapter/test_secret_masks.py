"""Ocean's log filter masks our secrets completely."""

from collections.abc import Iterator

import pytest
from port_ocean.log.sensetive import sensitive_log_filter

from ocean_adapter.secret_masks import SecretMasks
from rest.origin import Redactor


@pytest.fixture
def masks() -> Iterator[SecretMasks]:
    masks = SecretMasks(Redactor.of(["correct-horse-battery"]))
    masks.install()
    yield masks
    sensitive_log_filter.compiled_patterns.remove(masks)  # type: ignore[arg-type] # stands for a pattern


@pytest.mark.usefixtures("masks")
def test_a_secret_is_masked_from_its_first_character() -> None:
    masked = sensitive_log_filter.mask_string("token correct-horse-battery sent")
    assert "correct" not in masked
    assert masked.startswith("token ")
    assert masked.endswith(" sent")


def test_a_new_redactor_replaces_the_old_one(masks: SecretMasks) -> None:
    masks.redact = Redactor.of(["another-long-secret"])
    masked = sensitive_log_filter.mask_string("correct-horse-battery another-long-secret")
    assert "correct-horse-battery" in masked
    assert "another" not in masked


def test_live_events_have_a_redactor_of_their_own(masks: SecretMasks) -> None:
    masks.redact_live = Redactor.of(["another-long-secret"])
    masked = sensitive_log_filter.mask_string("correct-horse-battery another-long-secret")
    assert masked == "*** ***"
