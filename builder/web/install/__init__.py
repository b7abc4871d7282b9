"""Step 3: create the data model in Port and install the integration."""
