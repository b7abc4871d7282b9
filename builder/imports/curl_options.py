"""curl's options for HTTP requests, in the notation of getopt."""

SHORT = "#0123468aA:b:Bc:C:d:D:e:E:fF:gGhH:iIjJkK:lLm:MnNo:Opm:P:qQ:r:RsSt:T:u:U:vVw:x:X:y:Y:z:Z:"
_LONG_WITH_VALUE = """
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout
    connect-to continue-at cookie cookie-jar crlfile curves data data-ascii data-binary data-raw
    data-urlencode dns-servers doh-url dump-header etag-compare etag-save form form-string header hsts
    interface json keepalive-time key key-type limit-rate local-port max-filesize max-redirs max-time
    netrc-file noproxy oauth2-bearer output output-dir pass pinnedpubkey preproxy proto proto-default
    proto-redir proxy proxy-cacert proxy-header proxy-user range rate referer request request-target
    resolve retry retry-delay retry-max-time socks4 socks5 socks5-hostname speed-limit speed-time stderr
    tls-max tls13-ciphers trace trace-ascii unix-socket upload-file url url-query user user-agent
    variable write-out
"""
_LONG_ALONE = """
    anyauth append basic cert-status compressed create-dirs digest disable fail fail-early fail-with-body get
    globoff head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
    include insecure ipv4 ipv6 junk-session-cookies location location-trusted negotiate netrc netrc-optional
    next no-alpn no-buffer no-clobber no-keepalive no-location no-progress-meter no-sessionid no-silent ntlm
    parallel path-as-is post301 post302 post303 progress-bar proxy-insecure proxytunnel raw remote-header-name
    remote-name remote-name-all remote-time retry-all-errors retry-connrefused sasl-ir show-error silent ssl
    ssl-no-revoke ssl-reqd sslv2 sslv3 styled-output tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
    tlsv1.3 tr-encoding trace-time verbose version
"""

LONG_OPTIONS = [*(f"{name}=" for name in _LONG_WITH_VALUE.split()), *_LONG_ALONE.split()]
