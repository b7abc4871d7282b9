"""A clock of a gate that stands still until a test moves it."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Call:
    """A call that is due later."""

    due: float
    call: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Do not make the call."""
        self.is_cancelled = True


@dataclass
class SteppedGateClock:
    """The time is `seconds`. late_s: how much later than due calls are made."""

    seconds: float = 0.0
    calls: list[Call] = field(default_factory=list)
    late_s: float = 0.0

    def elapsed_s(self) -> float:
        """Return the time."""
        return self.seconds

    def call_later(self, seconds: float, call: Callable[[], None]) -> Call:
        """Make a call once the test has moved the time."""
        self.calls.append(Call(self.seconds + seconds + self.late_s, call))
        return self.calls[-1]

    def next_due(self) -> float | None:
        """Return when the next call is due. None: there is none."""
        self.calls = [each for each in self.calls if not each.is_cancelled]
        return min((each.due for each in self.calls), default=None)

    def step(self) -> None:
        """Move the time to the next call, and make it."""
        self.seconds = max(self.seconds, self.next_due() or 0.0)
        for each in [each for each in self.calls if each.due <= self.seconds]:
            self.calls.remove(each)
            each.call()
