#!/usr/bin/env bash
# Writes the plan as a comment. If that is not possible, the summary of the job still has the plan.
set -euo pipefail
. "$GITHUB_ACTION_PATH/ocean_custom.sh"

if [ "$GITHUB_EVENT_NAME" != pull_request ]; then
    echo "There is no pull request to comment on."
    exit 0
fi
names="GITHUB_TOKEN GITHUB_API_URL GITHUB_REPOSITORY GITHUB_REF"
ocean_custom "$names" plan-comment --file - --name "$COMMENT_NAME" <"$MARKDOWN" \
    || echo "::warning title=The plan is not in a comment::The lines above say why. The summary of the job has the plan."
