"""The inputs of each authentication type."""

from builder.web.connect.setting_field import SettingField, shown_for
from builder.web.connect.signing_fields import AWS, SIGNATURE
from builder.web.connect.token_fields import CLIENT_ID, EXPIRES_PATH, OAUTH2, SHARED_SECRET, SIGNING

AUTH_TYPE = SettingField(
    "authType",
    "Authentication",
    "choice",
    choices=(
        ("none", "None"),
        ("bearer_token", "Bearer token"),
        ("api_key", "API key"),
        ("basic", "Basic: user name and password"),
        ("digest", "Digest: user name and password"),
        ("signature", "Signature of each request"),
        ("aws", "AWS Signature Version 4"),
        ("oauth2", "OAuth 2.0"),
        ("jwt", "Signed token (JWT)"),
        ("custom", "Custom login request"),
    ),
)
_BEARER_TOKEN = shown_for(
    "authType",
    ("bearer_token",),
    SettingField("apiToken", "API token", help="Sent as Authorization: Bearer <token>."),
)
_PREFIX = shown_for(
    "authType",
    ("bearer_token", "oauth2", "jwt"),
    SettingField("bearerPrefix", "Token prefix", help="If the API expects another word.", example="Bearer"),
)
_API_KEY = shown_for(
    "authType",
    ("api_key",),
    SettingField("apiKey", "API key"),
    SettingField("apiKeyHeader", "Header name", example="X-API-Key"),
    SettingField("apiKeyParam", "Or query parameter", help="Sent instead of the header.", example="api_key"),
)
_USER_NAME = shown_for(
    "authType",
    ("basic", "digest", "signature", "oauth2", "custom"),
    SettingField("username", "User name, or ID of the key", grants=("password", "jwt_bearer")),
)
_PASSWORD = shown_for(
    "authType",
    ("basic", "digest", "oauth2", "custom"),
    SettingField("password", "Password", grants=("password",)),
)
_CUSTOM = shown_for(
    "authType",
    ("custom",),
    SettingField(
        "customAuthRequest",
        "Login request",
        "json",
        help="JSON with endpoint, method, headers, body or bodyForm, queryParams. Sent first. "
        "{{.password}} is the password above, {{.jwt}} a signed token.",
        example='{"endpoint": "/login", "body": {"username": "{{.username}}", "password": "{{.password}}"}}',
    ),
    SettingField(
        "customAuthRequestTemplate",
        "Add to each request",
        "json",
        help="JSON with headers, queryParams, body. {{.path}} is a value of the login response, "
        '{{$headers["x-token"]}} one of its headers. Cookies are always added.',
        example='{"headers": {"X-Session": "{{.session.token}}"}}',
    ),
)
AUTHENTICATION = (
    *(*_BEARER_TOKEN, *_API_KEY, *OAUTH2, *CLIENT_ID, *_USER_NAME, *_PASSWORD, *SIGNATURE, *AWS, *_CUSTOM),
    *(*SIGNING, *SHARED_SECRET, *EXPIRES_PATH, *_PREFIX),
)
# Set by imports only, so it has no input.
IMPORTED_SECRET = shown_for(
    "authType", ("bearer_token", "api_key", "basic", "digest"), SettingField("authValue", "Imported secret")
)
