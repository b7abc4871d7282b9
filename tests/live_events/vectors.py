"""Signatures that vendors publish in their documentation or in the tests of their own libraries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_SLACK_BODY = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
_PAGERDUTY_BODY = (
    '{"event":{"id":"01BWDWL3NYY7LUFPZCC28QUCMK","event_type":"incident.priority_updated",'
    '"resource_type":"incident","occurred_at":"2021-04-26T17:36:27.458Z","agent":{"html_url":'
    '"https://acme.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","self":"https://api.pagerduty.com/users/PLH1HKV",'
    '"summary":"Tenex Engineer","type":"user_reference"},"client":null,'
    '"data":{"id":"PGR0VU2","type":"incident",'
    '"self":"https://api.pagerduty.com/incidents/PGR0VU2","html_url":"https://acme.pagerduty.com/incidents/PGR0VU2",'
    '"number":2,"status":"triggered","title":"A little bump in the road","service":{"html_url":'
    '"https://acme.pagerduty.com/services/PF9KMXH","id":"PF9KMXH","self":'
    '"https://api.pagerduty.com/services/PF9KMXH","summary":"API Service","type":"service_reference"},'
    '"assignees":[{"html_url":"https://acme.pagerduty.com/users/PTUXL6G","id":"PTUXL6G","self":'
    '"https://api.pagerduty.com/users/PTUXL6G","summary":"User 123","type":"user_reference"}],'
    '"escalation_policy":{"html_url":"https://acme.pagerduty.com/escalation_policies/PUS0KTE","id":"PUS0KTE",'
    '"self":"https://api.pagerduty.com/escalation_policies/PUS0KTE","summary":"Default","type":'
    '"escalation_policy_reference"},"teams":[{"html_url":"https://acme.pagerduty.com/teams/PFCVPS0","id":'
    '"PFCVPS0","self":"https://api.pagerduty.com/teams/PFCVPS0","summary":"Engineering","type":'
    '"team_reference"}],"priority":{"html_url":"https://acme.pagerduty.com/account/incident_priorities","id":'
    '"PSO75BM","self":"https://api.pagerduty.com/priorities/PSO75BM","summary":"P1","type":'
    '"priority_reference"},"urgency":"high","conference_bridge":{"conference_number":1000,"conference_url":'
    '"https://example.com"},"resolve_reason":null}}}'
)
_STRIPE_BODY = """{
  "id": "evt_123",
  "object": "event",
  "account": "acct_123",
  "api_version": "2017-05-25",
  "created": 1533204620,
  "data": {
    "object": {
      "id": "ii_123",
      "object": "invoiceitem",
      "amount": 1000,
      "currency": "usd",
      "customer": "cus_123",
      "date": 1533204620,
      "description": "Test Invoice Item",
      "discountable": false,
      "invoice": "in_123",
      "livemode": false,
      "metadata": {},
      "period": {
        "start": 1533204620,
        "end": 1533204620
      },
      "plan": null,
      "proration": false,
      "quantity": null,
      "subscription": null
    }
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_123",
    "idempotency_key": "idempotency-key-123"
  },
  "type": "invoiceitem.created"
}
"""
_HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
_HUBSPOT_BODY = (
    '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":'
    '"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)
_CIRCLECI = {"algorithm": "sha256", "header": "circleci-signature", "prefix": "v1="}


@dataclass(frozen=True)
class Vector:
    """One signed request. source: where it is published. time: when it was sent, in seconds since 1970."""

    source: str
    verify: str | Mapping[str, Any]
    secret: str
    headers: Mapping[str, str]
    body: str
    url: str = "https://ocean.example.com/integration/webhook"
    time: int = 1_700_000_000
    replay_id: str | None = None
    method: str = field(default="POST")

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)


VECTORS = (
    Vector(
        "GitHub docs, Validating webhook deliveries, Testing the webhook payload validation",
        "github",
        "It's a Secret to Everybody",
        {
            "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        },
        "Hello, World!",
        replay_id="72d3162e-cc78-11e3-81ab-4c9367dc0958",
    ),
    Vector(
        "Stripe's stripe-dotnet, EventUtilityTest.cs and event_test_signature.json",
        "stripe",
        "webhook_secret",
        {
            "Stripe-Signature": "t=1533204620,"
            "v1=f0bdba6d4eacbd8ad8a3bbadd7248e633ec1477f7899c124c51b39405fa36613,"
            "v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef"
        },
        _STRIPE_BODY,
        time=1533204620,
        replay_id="evt_123",
    ),
    Vector(
        "Slack docs, Verifying requests from Slack",
        "slack",
        "8f742231b10e8888abcd99yyyzzz85a5",
        {
            "X-Slack-Request-Timestamp": "1531420618",
            "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        },
        _SLACK_BODY,
        time=1531420618,
        replay_id="a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    ),
    Vector(
        "Svix docs, Verifying webhooks manually",
        "standard",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {
            "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "svix-timestamp": "1614265330",
            "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
            "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= "
            "v2,MzJsNDk4MzI0K2VvdSMjMTEjQEBAQDEyMzMzMzEyMwo=",
        },
        '{"test": 2432232314}',
        time=1614265330,
        replay_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    ),
    Vector(
        "Standard Webhooks' libraries, javascript/src/webhook.test.ts, as GitLab signs",
        "gitlab",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        '{"test": 2432232314}',
        time=1614265330,
        replay_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
    ),
    Vector(
        "PagerDuty's go-pagerduty, webhookv3_test.go",
        "pagerduty",
        "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK",
        {
            "X-PagerDuty-Signature": "v1=7020c8a7ec668a9b7012bc3dd82e483394b038f4230acc6785efbf2a7d8bcaf5,"
            "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd"
        },
        _PAGERDUTY_BODY,
        replay_id="01BWDWL3NYY7LUFPZCC28QUCMK",
    ),
    Vector(
        "RFC 7617 §2",
        "basic",
        "Aladdin:open sesame",
        {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        "{}",
    ),
    Vector("RFC 7617 §2.1", "basic", "test:123£", {"Authorization": "basic dGVzdDoxMjPCow=="}, "{}"),
    Vector(
        "Bitbucket Cloud docs, Manage webhooks, Test your webhook secret",
        {"algorithm": "sha256", "header": "X-Hub-Signature", "prefix": "sha256="},
        "It's a Secret to Everybody",
        {"X-Hub-Signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"},
        "Hello World!",
    ),
    Vector(
        "CircleCI docs, Outbound webhooks, Validate webhooks, first row",
        _CIRCLECI,
        "secret",
        {"circleci-signature": "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"},
        "hello world",
    ),
    Vector(
        "CircleCI docs, Outbound webhooks, Validate webhooks, second row",
        _CIRCLECI,
        "another-secret",
        {"circleci-signature": "v1=daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"},
        "lalala",
    ),
    Vector(
        "HubSpot docs, Validating requests, v1",
        {"algorithm": "sha256", "header": "X-HubSpot-Signature", "signed": "{secret}{body}"},
        _HUBSPOT_SECRET,
        {"X-HubSpot-Signature": "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"},
        _HUBSPOT_BODY,
    ),
    Vector(
        "HubSpot docs, Validating requests, v2",
        {"algorithm": "sha256", "header": "X-HubSpot-Signature", "signed": "{secret}{method}{url}{body}"},
        _HUBSPOT_SECRET,
        {"X-HubSpot-Signature": "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"},
        '{"example_field":"example_value"}',
        url="https://www.example.com/webhook_uri",
    ),
    Vector(
        "Twilio's twilio-python, tests/unit/test_request_validator.py",
        {"algorithm": "sha1", "header": "X-Twilio-Signature", "encoding": "base64", "signed": "{url}{form}"},
        "12345",
        {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309",
        url="https://mycompany.com/myapp.php?foo=1&bar=2",
    ),
)
