#!/usr/bin/env bash
# Skips the plan if the pull request gets no secrets, and refuses events that would give secrets to a fork.
set -euo pipefail

if [ "$GITHUB_EVENT_NAME" = pull_request_target ]; then
    echo "::error title=pull_request_target is refused::It would run the files of a fork with your secrets. Use pull_request."
    exit 1
fi
is_foreign=false
if [ "$GITHUB_EVENT_NAME" = pull_request ]; then
    if [ "$HEAD_REPOSITORY" != "$GITHUB_REPOSITORY" ] || [ "$ACTOR" = "dependabot[bot]" ]; then
        is_foreign=true
    fi
fi
if [ "$is_foreign" = true ] && [ -z "${OCEAN__PORT__CLIENT_SECRET:-}" ]; then
    echo "**There is no plan**, because GitHub gives no secrets to pull requests of forks and of Dependabot." \
        >>"$GITHUB_STEP_SUMMARY"
    echo "::notice title=There is no plan::GitHub gives no secrets to pull requests of forks and of Dependabot."
    echo "result=skipped" >>"$GITHUB_OUTPUT"
fi
