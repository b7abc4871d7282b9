"""The second visit: opens integrations of Port, mapping files and drafts."""
