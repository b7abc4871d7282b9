"""The inputs of each authentication type."""

from collections.abc import Mapping

from builder.web.connect.setting_field import SettingField, shown_for

AUTH_TYPE = SettingField(
    "authType",
    "Authentication",
    "choice",
    choices=(
        ("none", "None"),
        ("bearer_token", "Bearer token"),
        ("api_key", "API key"),
        ("basic", "Basic: user name and password"),
        ("oauth2", "OAuth 2.0: client credentials"),
        ("custom", "Custom login request"),
    ),
)
_BEARER_TOKEN = shown_for(
    "authType",
    ("bearer_token",),
    SettingField("apiToken", "API token", help="Sent as Authorization: Bearer <token>."),
    SettingField("bearerPrefix", "Token prefix", help="If the API expects another word.", example="Bearer"),
)
_API_KEY = shown_for(
    "authType",
    ("api_key",),
    SettingField("apiKey", "API key"),
    SettingField("apiKeyHeader", "Header name", example="X-API-Key"),
    SettingField("apiKeyParam", "Or query parameter", help="Sent instead of the header.", example="api_key"),
)
_BASIC = shown_for(
    "authType",
    ("basic",),
    SettingField("username", "User name"),
    SettingField("password", "Password"),
)
_OAUTH2 = shown_for(
    "authType",
    ("oauth2",),
    SettingField(
        "tokenUrl", "Token URL", help="A URL, or a path under the base URL.", example="/oauth/token"
    ),
    SettingField("clientId", "Client ID"),
    SettingField("clientSecret", "Client secret"),
    SettingField(
        "tokenAuth",
        "Send ID and secret",
        "choice",
        choices=(("body", "In the form (usual)"), ("basic", "As HTTP Basic")),
    ),
    SettingField(
        "tokenParams",
        "Additional form fields",
        "params",
        help="One per line, for example scope or audience.",
        example="scope=read:all",
    ),
)
_CUSTOM = shown_for(
    "authType",
    ("custom",),
    SettingField(
        "customAuthRequest",
        "Login request",
        "json",
        help="JSON with endpoint, method, headers, body or bodyForm, queryParams. Sent first.",
        example='{"endpoint": "/login", "body": {"username": "…", "password": "…"}}',
    ),
    SettingField(
        "customAuthRequestTemplate",
        "Add to each request",
        "json",
        help="JSON with headers, queryParams, body. {{.path}} is a value of the login response.",
        example='{"headers": {"X-Session": "{{.session.token}}"}}',
    ),
)
AUTHENTICATION = (*_BEARER_TOKEN, *_API_KEY, *_BASIC, *_OAUTH2, *_CUSTOM)
# Set by imports only, so it has no input.
IMPORTED_SECRET = shown_for(
    "authType", ("bearer_token", "api_key", "basic"), SettingField("authValue", "Imported secret")
)
# The secret that each type requires, unless it is part of a JSON object.
REQUIRED_SECRETS: Mapping[str, str] = {
    "bearer_token": "apiToken",
    "api_key": "apiKey",
    "basic": "password",
    "oauth2": "clientSecret",
}
