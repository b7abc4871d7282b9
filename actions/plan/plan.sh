#!/usr/bin/env bash
# Writes the plan as Markdown to a file and to the summary of the job.
set -euo pipefail
. "$GITHUB_ACTION_PATH/ocean_custom.sh"

markdown=$RUNNER_TEMP/ocean-custom-plan.md
arguments=(--markdown --exit-code)
[ -z "$ENV_FILE" ] || arguments+=(--env-file "$ENV_FILE")
[ -z "$MAPPING" ] || arguments+=(--mapping "$MAPPING")
[ -z "$MAX_DELETIONS" ] || arguments+=(--max-deletions "$MAX_DELETIONS")

# Texts of the API in the log must not be read as commands to the runner.
resume=$(cat /proc/sys/kernel/random/uuid)
echo "::stop-commands::$resume"
code=0
ocean_custom "$(compgen -e OCEAN__ || true) $VARIABLES" plan "${arguments[@]}" >"$markdown" || code=$?
echo "::$resume::"

case $code in
    0) result=none ;;
    3) result=changes ;;
    4) result=deletions ;;
    *) result=failed ;;
esac
[ -s "$markdown" ] || echo "**The plan could not be made.** The log of the job says why." >"$markdown"
cat "$markdown" >>"$GITHUB_STEP_SUMMARY"
printf '%s\n' "result=$result" "markdown=$markdown" >>"$GITHUB_OUTPUT"
