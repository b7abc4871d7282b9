# shellcheck shell=bash
# Defines ocean_custom NAMES ARGUMENTS...: runs ocean-custom as installed, or in the image IMAGE.
# NAMES: the environment variables that the container gets.

ocean_custom() {
    local names=$1 name
    local options=(--rm --interactive --env PYTHONSAFEPATH=1)
    shift
    # Python would first look for modules in the working folder, which has files of the pull request.
    if [ -z "$IMAGE" ]; then
        PYTHONSAFEPATH=1 "$GITHUB_ACTION_PATH/../../scripts/ocean-custom" "$@"
        return
    fi
    for name in $names; do
        options+=(--env "$name")
    done
    docker run "${options[@]}" --volume "$PWD:/workspace:ro" --workdir /workspace "$IMAGE" ocean-custom "$@"
}
