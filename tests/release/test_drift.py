"""`make drift` reports changed versions."""

from scripts.drift import moves, pins

_LOCK = """\
aiofiles==25.1.0 \\
    --hash=sha256:a8d728f0a29de45dc521f18f07297428d56992a742f0cd2701ba86e44d23d5b2
brotli==1.2.1 ; platform_python_implementation == 'CPython' \\
    --hash=sha256:0023348c448140a6ea71615eba331835c971d38ae8acf8a89b4e963b1f38f131
    # via httpx==0.28
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6
"""


def test_versions_are_read_from_lock_files_and_pip_freeze() -> None:
    assert pins(_LOCK) == {"aiofiles": "25.1.0", "brotli": "1.2.1", "colorama": "0.4.6"}
    assert pins("PyYAML==6.0.4\ntyping_extensions==4.1\n") == {"pyyaml": "6.0.4", "typing-extensions": "4.1"}


def test_changed_and_new_packages_are_reported() -> None:
    newest = {"aiofiles": "26.0", "brotli": "1.2.1", "needle": "1.0"}
    assert list(moves(pins(_LOCK), newest)) == ["aiofiles: 25.1.0 -> 26.0", "needle: new, 1.0"]
