"""The settings that expressions may read."""

from configuration.public_settings import public_settings
from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from configuration.settings import Settings


def test_secrets_and_objects_are_left_out() -> None:
    settings = Settings.from_config(
        {
            "base_url": "https://a.example",
            "auth_type": "basic",
            "username": "reader",
            "password": "hunter22",
            "custom_headers": {"X-Key": "hunter22"},
            "page_size": 20,
            "cursor_path": "meta.next",
            "api_key_file": __file__,
        },
        {},
    )
    public = public_settings(settings)
    assert public["baseUrl"] == "https://a.example"
    assert public["username"] == "reader"
    assert public["pageSize"] == 20
    assert public["trustedOrigins"] == []
    assert "hunter22" not in str(public)
    assert not public.keys() & {setting_name(name) for name in SECRETS}
    assert not {"cursorPath", "apiKeyFile"} & public.keys()
