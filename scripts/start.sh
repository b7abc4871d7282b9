#!/bin/sh
# The image's command: prepares /tmp/ocean, the only writable folder, and executes `ocean sail`.
set -eu
folder=/tmp/ocean
bundle=$folder/ca-certificates/ca-certificates.crt

mkdir -p "$folder/streaming" "$folder/.config" "$folder/ca-certificates" && [ -w "$folder/ca-certificates" ] || {
    echo "start: user $(id -u) cannot write in $folder: mount a volume there that it may write" >&2
    exit 1
}

# Write one bundle with every readable certificate. Broken certificates are left out with a message,
# because they would make the whole bundle unreadable.
python - "$bundle" <<'PYTHON'
import os, pathlib, re, ssl, sys

FOLDERS = ("/etc/ssl/certs", "/usr/local/share/ca-certificates")
ENDINGS = (".crt", ".pem", ".cer")
NAMES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
ONE = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

def certificates(file):
    content = file.read_bytes()
    if b"-----BEGIN" in content:
        return ONE.findall(content.decode("ascii", "replace").replace("\r", "")) or [""]
    return [ssl.DER_cert_to_PEM_cert(content).strip()]

files = [pathlib.Path(os.environ[name]) for name in NAMES if os.environ.get(name)]
for folder in FOLDERS:
    files += [file for file in sorted(pathlib.Path(folder).rglob("*")) if file.suffix in ENDINGS]
checked, found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), {}
for file in files:
    if not file.is_file() or not os.access(file, os.R_OK):
        continue
    for certificate in certificates(file):
        try:
            checked.load_verify_locations(cadata=certificate)
            found[certificate] = None
        except (ssl.SSLError, ValueError):
            print(f"start: {file} has a broken certificate, which is ignored", file=sys.stderr)
bundle = pathlib.Path(sys.argv[1])
new = bundle.with_suffix(".new")
new.write_text("".join(f"{certificate}\n" for certificate in found))
new.replace(bundle)
PYTHON
# The chart sets these to the system's bundle, which does not have the mounted certificates.
export SSL_CERT_FILE="$bundle" REQUESTS_CA_BUNDLE="$bundle" CURL_CA_BUNDLE="$bundle"

built_as=$(sed -n 's/^name = "\(.*\)"$/\1/p' pyproject.toml)
if [ "${OCEAN__INTEGRATION__TYPE:-$built_as}" != "$built_as" ]; then
    echo "start: this image is $built_as, but OCEAN__INTEGRATION__TYPE makes it $OCEAN__INTEGRATION__TYPE in Port" >&2
fi

exec ocean sail
