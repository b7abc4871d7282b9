"""The key and the setting `jwt` together: what the settings sign tokens with."""

from configuration.computed import split_computed
from configuration.jwt_settings import JwtSettings, JwtSigning, SigningKey
from configuration.login import validated
from configuration.login_placeholders import JWT, placeholders_in
from configuration.setting_fields import SettingFields
from rest.errors import Mistake, ResourceError


def validated_jwt_signing(settings: SettingFields) -> tuple[JwtSigning | None, list[Mistake]]:
    """Validate the key and the setting `jwt`, if requests are signed. Returns them with the mistakes."""
    reason = _reason(settings)
    if not reason:
        return None, []
    jwt, mistakes = validated(JwtSettings, settings.jwt, "jwt") if settings.jwt else (JwtSettings(), [])
    name = "privateKey" if settings.private_key else "authValue"
    text = settings.private_key or settings.auth_value
    if not text:
        missing = Mistake("privateKey", f"is missing ({reason} needs privateKey, or authValue for HS256)")
        return None, [*mistakes, missing]
    if jwt is None:
        return None, mistakes
    try:
        key = _read(name, text, settings.private_key_password, jwt)
        claims, computed = split_computed(dict(jwt.claims), "jwt.claims")
    except ResourceError as error:
        return None, list(error.mistakes)
    except ValueError as error:
        return None, [Mistake(name, str(error))]
    algorithm = jwt.algorithm or key.algorithms[0]
    if algorithm not in key.algorithms:
        fitting = ", ".join(key.algorithms)
        what = f"{algorithm} does not fit {name}, which is {key.description}. Use {fitting}"
        return None, [Mistake("jwt.algorithm", what)]
    fields = claims if isinstance(claims, dict) else {}
    return JwtSigning(key, algorithm, fields, computed, jwt.headers, jwt.ttl_s), []


def _reason(settings: SettingFields) -> str:
    """Return the settings that sign tokens, for messages. "": none does."""
    match settings.auth_type:
        case "jwt":
            return "authType jwt"
        case "oauth2" if settings.grant == "jwt_bearer":
            return "grant jwt_bearer"
        case "oauth2" if settings.client_auth == "private_key_jwt":
            return "clientAuth private_key_jwt"
        case "custom" if JWT in placeholders_in(settings.custom_auth_request):
            return "{{.jwt}} in customAuthRequest"
    return ""


def _read(name: str, text: str, password: str | None, jwt: JwtSettings) -> SigningKey:
    # Imported here, because it takes 0.2 s, and few installations sign tokens.
    from configuration.signing_key import is_private_key, read_private_key, shared_secret

    if name == "privateKey" or is_private_key(text):
        return read_private_key(text, password)
    return shared_secret(text, jwt.secret_encoding)
