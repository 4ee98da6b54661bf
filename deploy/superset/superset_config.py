"""Settings of the Superset that `make bi` starts: on loopback, all state in one folder, and its pages contact no other server."""
import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret-key").read_text().strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME}/superset.db?check_same_thread=false"

# The origin of a tile server, such as https://tile.example.org; "" for maps on a blank background.
TILES = os.environ.get("BI_TILE_ORIGIN", "")

# Superset's default policy lets its pages call scarf.sh (telemetry) and tile servers, which see the area that is viewed.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *filter(None, [TILES])],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
