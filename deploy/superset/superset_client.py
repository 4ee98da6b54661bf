"""A few calls of Superset's REST API, with the standard library alone."""
import http.cookiejar
import json
import urllib.error
import urllib.request
import uuid


class SupersetError(Exception):
    pass


class Superset:
    def __init__(self, base, user, password):
        self.base = base
        # Never use the environment's proxy for a server on loopback.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self.headers = {"Referer": base}
        response = self.post("/api/v1/security/login", {"username": user, "password": password, "provider": "db"})
        self.headers["Authorization"] = f"Bearer {response['access_token']}"
        self.headers["X-CSRFToken"] = self.get("/api/v1/security/csrf_token/")["result"]

    def get(self, path):
        return json.loads(self.call(path))

    def post(self, path, body):
        return json.loads(self.call(path, json.dumps(body).encode(), "application/json"))

    def import_assets(self, packed):
        """Imports a packed bundle. Unlike `superset import-dashboards`, this also updates existing assets."""
        border = uuid.uuid4().hex
        head = f'--{border}\r\nContent-Disposition: form-data; name="bundle"; filename="bundle.zip"\r\nContent-Type: application/zip\r\n\r\n'
        body = head.encode() + packed + f"\r\n--{border}--\r\n".encode()
        self.call("/api/v1/assets/import/", body, f"multipart/form-data; boundary={border}")

    def call(self, path, body=None, content_type=None):
        headers = self.headers | ({"Content-Type": content_type} if content_type else {})
        try:
            return self.opener.open(urllib.request.Request(self.base + path, body, headers), timeout=120).read()
        except urllib.error.HTTPError as error:
            raise SupersetError(f"{path}: HTTP {error.code}: {error.read().decode(errors='replace')[:2000]}") from error
        except urllib.error.URLError as error:
            raise SupersetError(f"{path}: {error.reason}") from error
