"""A secret in a file is read again when a delivery does not match it."""

from datetime import timedelta
from pathlib import Path

from configuration.settings import Settings
from live_events.guard import Guard
from live_events.secret_rotation import SecretRotation
from tests.live_events.asgi_client import PATH, Application, FixedClock, Intake, request
from tests.live_events.signing import hex_mac

BODY = b"{}"


def signed(secret: str) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hex_mac(secret, BODY)}"}


class Rotated:
    """A guard whose secret is in a file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "secret"
        self.file.write_text("first-secret\n")
        self.clock, self.intake = FixedClock(), Intake()
        config = {
            "base_url": "https://x.io",
            "webhook_verify": "github",
            "webhook_secret_file": str(self.file),
        }
        settings = Settings.from_config(config, {})
        assert settings.webhook
        self.guard = Guard(
            Application(),
            webhook=settings.webhook,
            path=PATH,
            intake=self.intake,
            rotation=SecretRotation(settings, clock=self.clock),
            clock=self.clock,
        )

    async def status(self, secret: str) -> int:
        return (await request(self.guard, headers=signed(secret), body=BODY)).status

    def pass_time(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)


async def test_a_new_secret_counts_with_the_first_delivery_that_has_it(tmp_path: Path) -> None:
    rotated = Rotated(tmp_path)
    assert await rotated.status("first-secret") == 200
    rotated.file.write_text('["first-secret", "second-secret"]')
    rotated.pass_time(5)
    assert await rotated.status("second-secret") == 200
    assert await rotated.status("first-secret") == 200
    rotated.file.write_text("second-secret")
    assert await rotated.status("first-secret") == 200
    rotated.pass_time(5)
    assert await rotated.status("forged") == 401
    assert await rotated.status("first-secret") == 401


async def test_forged_deliveries_do_not_make_us_read_the_file_each_time(tmp_path: Path) -> None:
    rotated = Rotated(tmp_path)
    rotated.pass_time(5)
    assert await rotated.status("forged") == 401
    rotated.file.write_text("second-secret")
    assert await rotated.status("second-secret") == 401
    rotated.pass_time(5)
    assert await rotated.status("second-secret") == 200


async def test_a_secret_that_is_taken_out_of_the_file_counts_for_a_minute_at_most(tmp_path: Path) -> None:
    """Those who know a secret that has leaked send no delivery that does not match."""
    rotated = Rotated(tmp_path)
    rotated.file.write_text("second-secret")
    rotated.pass_time(59)
    assert await rotated.status("first-secret") == 200
    rotated.pass_time(1)
    assert await rotated.status("first-secret") == 401
    assert await rotated.status("second-secret") == 200


async def test_a_file_that_cannot_be_read_leaves_the_old_secret(tmp_path: Path) -> None:
    rotated = Rotated(tmp_path)
    rotated.pass_time(5)
    rotated.file.write_text("")
    assert await rotated.status("") == 401
    assert await rotated.status("first-secret") == 200


async def test_a_secret_in_the_settings_is_never_read_again() -> None:
    settings = Settings.from_config(
        {"base_url": "https://x.io", "webhook_verify": "github", "webhook_secret": "made-up"}, {}
    )
    clock = FixedClock()
    rotation = SecretRotation(settings, clock=clock)
    clock.time += timedelta(days=1)
    assert await rotation.renewed() is None
