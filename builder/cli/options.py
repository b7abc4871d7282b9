"""Options that several commands share."""

from pathlib import Path

import click

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
env_file_option = click.option(
    "--env-file", type=_file, help="Settings as NAME=value lines, in the format of docker run --env-file."
)
mapping_option = click.option("--mapping", type=_file, help="The mapping file. Default: the mapping in Port.")
blueprints_option = click.option("--blueprints", type=_file, help="A JSON file with one blueprint or a list.")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
template_option = click.option(
    "--template", help="Start from a ready integration: github, gitlab, jira, ... (`list` names them all)."
)
set_option = click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="A value that the template needs."
)
