"""The shell of the page: server, access control, session and views."""
