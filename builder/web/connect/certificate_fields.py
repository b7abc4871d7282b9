"""The inputs for TLS certificates."""

from builder.web.connect.setting_field import SettingField

CERTIFICATES = (
    SettingField(
        "clientCertificate",
        "Client certificate",
        help="For mutual TLS. PEM text, or the path of a file where the integration runs.",
        example="/var/run/tls/tls.crt",
    ),
    SettingField("clientKey", "Client key", help="PEM text or a path.", example="/var/run/tls/tls.key"),
    SettingField("clientKeyPassword", "Password of the client key", help="If the key is encrypted."),
    SettingField(
        "caCertificate",
        "Private authority",
        help="Trusted besides the public ones. PEM text or a path.",
        example="/var/run/tls/ca.crt",
    ),
)
