"""Command line: `python -m tests.examples.simulations --port 0`. Serves every simulated API under its name.

With the folder of the simulated contracts, these answer the requests that no simulation here answers.
"""

import argparse
import importlib.util
import socket
import ssl
import sys
from pathlib import Path

import uvicorn
from starlette.responses import JSONResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from tests.examples.simulations import (
    auth0,
    aws,
    datadog,
    elasticsearch,
    github,
    gitlab,
    hubspot,
    jira,
    kubernetes,
    msgraph,
    nexus,
    notion,
    okta,
    pagerduty,
    postgrest,
    prometheus,
    sentry,
    servicenow,
    signed_tokens,
    slack,
    stripe,
)

_LOOPBACK = "127.0.0.1"
_COMPLETE = (
    jira,
    okta,
    datadog,
    servicenow,
    sentry,
    prometheus,
    elasticsearch,
    postgrest,
    nexus,
    auth0,
    aws,
    kubernetes,
)
_ADDITIONS = (github, gitlab, stripe, hubspot, slack, pagerduty, msgraph)


def simulations(contracts: ASGIApp, public_key: Path | None = None) -> Router:
    """Return a router for all APIs. contracts: answers all other requests.

    public_key: a file with the key that verifies signed tokens.
    """
    routes: list[Route] = [route for module in (*_COMPLETE, *_ADDITIONS) for route in module.ROUTES]
    return Router([*routes, *signed_tokens.routes(public_key), *notion.routes(contracts)], default=contracts)


def contracts_in(folder: Path | None) -> ASGIApp:
    """Return the application of the simulated contracts. Without a folder, it has no routes."""
    if folder is None:
        return JSONResponse({"error": "not simulated here"}, 404)
    spec = importlib.util.spec_from_file_location("simulator_public", folder / "simulator_public.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    application: ASGIApp = module.app
    return application


def main() -> None:
    """Print the URL and serve until the process ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.examples.simulations")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--contracts", type=Path)
    parser.add_argument("--public-key", type=Path, help="a PEM file that verifies signed tokens")
    parser.add_argument("--tls", type=Path, help="a folder with server.pem and clients.pem")
    chosen = parser.parse_args()
    application = simulations(contracts_in(chosen.contracts), chosen.public_key)
    # asyncio sets TCP_NODELAY only if the protocol is named. Otherwise each response waits 40 ms for an ACK.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind((_LOOPBACK, chosen.port))
        sys.stdout.write(f"Simulated APIs listening on http://{_LOOPBACK}:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(application, lifespan="off", log_level="error", access_log=False)
        if chosen.tls:
            config.ssl_certfile = chosen.tls / "server.pem"
            config.ssl_ca_certs = str(chosen.tls / "clients.pem")
            config.ssl_cert_reqs = ssl.CERT_REQUIRED
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
