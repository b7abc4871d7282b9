#!/usr/bin/env bash
# Fails the job if the plan failed, or if the inputs ask for it.
set -euo pipefail

fail() {
    echo "::error title=$1::$2"
    exit 1
}

case $RESULT in
    failed) fail "The plan failed" "The summary of the job and its log say why." ;;
    deletions) fail "Too many deletions" "The sync would delete more entities than max-deletions allows." ;;
    changes) [ "$FAIL_ON_CHANGES" != true ] || fail "There are changes" "fail-on-changes is set." ;;
esac
