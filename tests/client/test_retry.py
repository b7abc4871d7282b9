"""How long to wait between attempts."""

from client import RetryPolicy


def test_backoff_doubles_up_to_the_longest_wait() -> None:
    policy = RetryPolicy(base_s=0.5, longest_s=60)
    assert [policy.backoff_s(n, 0.5) for n in (0, 1, 2, 6, 7, 50)] == [0.5, 1, 2, 32, 60, 60]


def test_jitter_changes_the_wait_by_up_to_a_quarter() -> None:
    policy = RetryPolicy(base_s=4)
    assert (policy.backoff_s(0, 0), policy.backoff_s(0, 1)) == (3, 5)


def test_base_of_zero_means_no_wait() -> None:
    assert RetryPolicy(base_s=0).backoff_s(9, 1) == 0
