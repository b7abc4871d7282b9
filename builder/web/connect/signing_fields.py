"""The inputs of authentication types that compute something for each request."""

from builder.web.connect.setting_field import SettingField, shown_for

SIGNATURE = shown_for(
    "authType",
    ("signature",),
    SettingField("authValue", "Secret key", help="The key that signs: {{.secret}}."),
    SettingField(
        "signature",
        "Signature",
        "json",
        help="JSON with signed, algorithm, encoding, header, headers, queryParams. {{.path}} is jq on the "
        "request.",
        example='{"signed": "{{.method}}{{.target}}{{.timestamp}}", "header": "X-Signature", '
        '"headers": {"X-Timestamp": "{{.timestamp}}"}}',
    ),
)
AWS = shown_for(
    "authType",
    ("aws",),
    SettingField("awsAccessKeyId", "Access key ID"),
    SettingField("awsSecretAccessKey", "Secret access key"),
    SettingField("awsSessionToken", "Session token", help="Only for temporary credentials."),
    SettingField(
        "aws",
        "Region and service",
        "json",
        help="JSON. The service is execute-api for API Gateway.",
        example='{"region": "eu-central-1", "service": "execute-api"}',
    ),
)
