"""The report for a bug: settings, mapping, versions, findings and first pages, without secrets."""

from builder.report.mapping import mapping_part, wrong_mapping_part
from builder.report.masking import Masking
from builder.report.report import Part, Report
from builder.report.responses import Detail, response_part
from builder.report.secrets import known_secrets, secrets_in_mapping, words_of
from builder.report.settings import settings_part
from builder.report.versions import versions_part

__all__ = [
    "Detail",
    "Masking",
    "Part",
    "Report",
    "known_secrets",
    "mapping_part",
    "response_part",
    "secrets_in_mapping",
    "settings_part",
    "versions_part",
    "words_of",
    "wrong_mapping_part",
]
