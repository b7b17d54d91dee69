"""A real WordPress from Debian's packages, on a MariaDB of its own and free ports."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_INSTALLED = Path("/usr/share/wordpress")
_PROGRAMS = ("php", "mariadbd", "mariadb-install-db", "mariadb")
_SECONDS = 60
_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $one) {{
    define($one . '_KEY', 'k'); define($one . '_SALT', 's');
}}
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '{host}'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_new_blog_notification($t, $u, $i, $p) {{}}
wp_install('Acme Help', 'admin', 'admin@example.com', true, '', 'secret');
update_option('permalink_structure', '/%postname%/');
$GLOBALS['wp_rewrite']->init(); flush_rewrite_rules(false);
switch_theme('twentytwentyone');
"""
_RUN = """<?php
$_SERVER['HTTP_HOST'] = '{host}'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require __DIR__ . '/wp-load.php';
wp_set_current_user(1);
foreach (json_decode(stream_get_contents(STDIN), true) as $post) {{
    $id = isset($post['ID']) ? wp_update_post(wp_slash($post)) : wp_insert_post(wp_slash($post));
    echo json_encode($id), "\\n";
}}
"""
# PHP's own server takes a path with a dot for a file; WordPress makes robots.txt and its sitemaps as it goes.
_ROUTER = """<?php
if (is_file(__DIR__ . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH))) return false;
$_SERVER['SCRIPT_NAME'] = '/index.php';
require __DIR__ . '/index.php';
"""


def missing() -> str:
    """Return why it cannot be run here, or an empty string."""
    lacking = [one for one in _PROGRAMS if not shutil.which(one)]
    if not _INSTALLED.is_dir():
        lacking.append(str(_INSTALLED))
    return f"no {', '.join(lacking)}" if lacking else ""


class WordPress:
    """A running site; `write` makes or changes posts as wp_insert_post and wp_update_post do."""

    def __init__(self, site: Path, url: str) -> None:
        self._site = site
        self.url = url

    def write(self, *posts: dict[str, object]) -> list[int]:
        """Insert posts, or update those with an `ID`; return their ids."""
        out = _php(self._site, "seed.php", json.dumps(posts))
        return [int(line) for line in out.split()]


@contextmanager
def running_wordpress(folder: Path) -> Iterator[WordPress]:
    """Install and serve a fresh WordPress below `folder`."""
    database, site, sock = folder / "db", folder / "site", folder / "sock"
    install = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={database}", "--skip-test-db"]
    subprocess.run(
        [*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True, timeout=_SECONDS
    )
    shutil.copytree(_INSTALLED, site)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    url = f"http://{host}"
    (site / "wp-config.php").write_text(_CONFIG.format(socket=sock, url=url))
    (site / "install.php").write_text(_INSTALL.format(host=host))
    (site / "seed.php").write_text(_RUN.format(host=host))
    (site / "router.php").write_text(_ROUTER)
    server = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={database}", f"--socket={sock}"]
    small = ["--skip-networking", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0"]
    with (folder / "mariadbd.log").open("wb") as log, _process([*server, *small], log):
        _wait(sock.exists)
        subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={sock}", "-uroot", "-e", "create database wordpress"],
            check=True,
            timeout=_SECONDS,
        )
        _php(site, "install.php")
        with _process(["php", "-S", host, "-t", str(site), str(site / "router.php")], log):
            _wait(lambda: _answers(url))
            yield WordPress(site, url)


def _php(site: Path, script: str, given: str = "") -> str:
    done = subprocess.run(
        ["php", str(site / script)], input=given, capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    return done.stdout


@contextmanager
def _process(command: list[str], log: IO[bytes]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()


def _wait(ready: Callable[[], bool]) -> None:
    for _ in range(_SECONDS * 20):
        if ready():
            return
        time.sleep(0.05)
    raise TimeoutError("WordPress does not come up")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/robots.txt", timeout=10):
            return True
    except (urllib.error.URLError, OSError):
        return False
