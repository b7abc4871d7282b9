"""Names of headers and parameters: rejected ones, and ordinary ones of public APIs."""

import re


def _names(text: str) -> list[str]:
    return re.findall(r"\S+", text)


# Headers that identify the caller. Proxies set them for servers, and APIs use them to impersonate users.
CALLER_HEADERS = _names("""
Impersonate-User Impersonate-Group Impersonate-Uid Impersonate-Extra-scopes X-Impersonate
X-Impersonated-User X-TFS-Impersonate ExchangeImpersonation opendistro_security_impersonate_as Sudo
X-Sudo SUDO sudo X-Masquerade-As X-Assume-Role X-ProxiedEntitiesChain On-Behalf-Of X-On-Behalf-Of
X-OnBehalfOf X-DocuSign-Act-As-User X-Run-As X-Act-As As-User X-Do-As es-security-runas-user
X-Redmine-Switch-User Dropbox-API-Select-User Dropbox-API-Select-Admin MSCRMCallerID mscrmcallerid
CallerObjectId X-Caller-Id X-Forwarded-User X_Forwarded_User x-forwarded-user X.Forwarded.User
X-Forwarded-For X-Forwarded-Email X-Forwarded-Groups X-Forwarded-Client-Cert X-Forwarded-Method Forwarded
Remote-User REMOTE_USER Remote-Groups X-Remote-User X-Remote-Group X-Remote-Extra-a X-Real-IP X-Client-IP
Client-IP True-Client-IP CF-Connecting-IP X-Cluster-Client-Ip X-Originating-IP X-Remote-Addr
X-Azure-ClientIP x-envoy-external-address X-Authenticated-User X-Authenticated-Userid
X-Authenticated-Groups X-Auth-Request-Email X-Auth-Request-Groups X-Auth-User X-Auth-Email X-Auth-Roles
X-WEBAUTH-USER X-Webauth-Role X-User X-User-Id X-User-Email X-UserName Api-Username X-Trino-User
X-Hasura-User-Id Tailscale-User-Login X-authentik-groups X-Pomerium-Claim-Email X-Vouch-IdP-Claims-Name
X-Consumer-Username X-Consumer-ID X-Roles X-Role X-Groups X-Is-Admin X-Email X-Client-Cert Client-Cert
Client-Cert-Chain X-SSL-Client-DN SSL-Client-S-DN SSL_CLIENT_CERT X-ARR-ClientCert X-Client-Verify
X-Amzn-Mtls-Clientcert-Subject X-TLS-Client-Subject X-Amzn-Oidc-Data X-Amzn-Oidc-Identity OIDC_CLAIM_sub
X-Userinfo X-Endpoint-API-UserInfo X-Goog-Authenticated-User-Email X-Goog-IAP-JWT-Assertion
Cf-Access-Authenticated-User-Email X-MS-CLIENT-PRINCIPAL X-MS-CLIENT-PRINCIPAL-NAME X-RH-Identity
X-Appengine-User-Is-Admin X-Original-Remote-Addr X-Forwarded-Authorization Proxy_Authorization Cookie2
X-Forward-For X-ForwardedFor X-LoginAs iv-groups iv-user eppn SM_USER UserPrincipalName X-Subject
X-Superuser X-Peer-Certificate X-Acting-User X-Current-User
""")
# Headers that redirect the request or change its framing.
ROUTING_HEADERS = _names("""
X-Original-URL X-Rewrite-URL X_Original_URL X-Original-URI X-Path-Override X-Host X-Original-Host
X-HTTP-Host-Override X-Real-Host Content_Length Transfer_Encoding Proxy HTTP2-Settings
""")
METHOD_HEADERS = _names("""
X-HTTP-Method-Override x-http-method-override X_HTTP_Method_Override X-HTTP-Method X-Method-Override
X-Method HTTP-Method-Override X-HTTPMethodOverride X-Original-Method X-HTTP-Verb-Override
X-Vendor-Method-Override _method XHttpMethodOverride
""")
METHOD_PARAMETERS = (
    *("_method", "_Method", "__method", "_HttpMethod", "_http_method", "X-HTTP-Method-Override"),
    *("x_http_method_override", "http_method_override", "methodOverride", ".method", "[method", " _method"),
)
CALLER_PARAMETERS = (
    *("sudo", "SUDO", "doAs", "doas", "as_user_id", "impersonate"),
    *("impersonate_user_id",),
)
# Headers in the documentation of public APIs.
ORDINARY_HEADERS = _names("""
Accept Accept-Language Accept-Version Content-Type User-Agent Referer Origin From If-Modified-Since
If-None-Match If-Match Range Prefer Cache-Control Pragma DNT X-Requested-With X-GitHub-Api-Version
X-GitHub-Media-Type Notion-Version Intercom-Version X-Shopify-Api-Features X-Shopify-Shop-Domain
Shopify-Version Stripe-Version Stripe-Account OData-Version OData-MaxVersion ConsistencyLevel
X-Atlassian-Token X-ExperimentalApi X-Api-Version Api-Version X-Tenant-Id X-Organization
X-Organization-Id X-Account-Id X-Workspace-Id X-Project-Id X-Vault-Namespace X-Scope-OrgID
X-Grafana-Org-Id X-Env Zotero-API-Version LD-API-Version Linear-Version Square-Version Xero-Tenant-Id
Asana-Enable Client-Id X-Client-Id X-Client-Version X-Client-Name X-Goog-Api-Client X-Goog-FieldMask
X-Goog-User-Project login-customer-id developer-token X-User-Agent X-Stripe-Client-User-Agent
Api-User-Agent X-Okta-User-Agent-Extended X-User-Locale X-User-Timezone WM_CONSUMER.ID WM_SVC.NAME
X-Amz-Target X-Amz-Date x-ms-version x-ms-client-request-id X-MS-Effective-Locale X-Request-Id
X-Correlation-Id traceparent X-B3-TraceId Idempotency-Key X-RestLi-Method X-Restli-Protocol-Version
LinkedIn-Version X-EBAY-C-MARKETPLACE-ID X-CSRF-Token kbn-xsrf X-Auth-Token X-Api-Key X-Redmine-API-Key
Private-Token DD-APPLICATION-KEY X-Algolia-API-Key X-Payment-Method X-Locale X-Region X-Channel
X-Page-Size X-Sort X-Fields X-Total-Count X-Claim-Id X-Customer-Id X-Store X-Language X-Role-Arn
X-Host-Group X-Path-Style X-URL-Scheme Dropbox-API-Path-Root X-Sudoku-Level X-TestRail-Url
X-Zuora-Entity-Ids X-PW-UserEmail X-Snowflake-Role Sforce-Query-Options X-Subject-Token
X-Encryption-IV Accept-Charset
""")
ORDINARY_PARAMETERS = _names("""
method http_method methods payment_method user user_id username email role id as_user run_as on_behalf_of
owner impersonated sudo_enabled verb _methods host ip
""")
