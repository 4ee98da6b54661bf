"""The dashboard as a browser shows it, with the requests and responses of its charts."""
import io
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

from PIL import Image

WIDTH = 1600
HOLDER = ".dashboard-component-chart-holder"
BROKEN = re.compile(r"Unexpected error|Data error|Network error|timeout", re.I)
EMPTY = re.compile(r"No results were returned|No data|No records", re.I)


class View:
    """What the dashboard showed when it was opened, by the title of the chart."""

    def __init__(self, titles):
        self.titles = titles
        self.requests = {}
        self.responses = {}
        self.texts = {}
        self.pictures = {}
        self.number_texts = {}

    def big_number(self, title):
        return self.number_texts.get(title)

    def faults(self, may_be_empty=()):
        """Charts that are missing, failed or empty."""
        faults = []
        for title in self.titles:
            text = self.texts.get(title)
            if text is None:
                faults.append(f"{title} is not on the page")
            elif BROKEN.search(text) or (EMPTY.search(text) and title not in may_be_empty):
                faults.append(f"{title} says: {' '.join(text.split())[:200]}")
            response = self.responses.get(title)
            if response is None:
                faults.append(f"{title} requested no data")
                continue
            status, results = response
            for result in results:
                if status != 200 or result.get("error") or result.get("status") != "success":
                    faults.append(f"{title}: HTTP {status}: {result.get('error') or result}")
                elif not result.get("rowcount") and title not in may_be_empty:
                    faults.append(f"{title}: no rows from {result.get('query')}")
        return faults

    def rows(self, title):
        return [result.get("data") for result in self.responses.get(title, (0, []))[1]]


class DashboardPage:
    def __init__(self, browser, base, user, password, bundle):
        self.base = base
        self.titles = [chart["slice_name"] for chart in bundle.charts.values()]
        self.slug = next(iter(bundle.dashboards.values()))["slug"]
        self.refused = set()
        context = browser.new_context(viewport={"width": WIDTH, "height": 3400}, locale="en-GB", timezone_id="Europe/Berlin")
        self.page = context.new_page()
        self.page.route("**/*", self.only_this_server)
        self.page.on("response", self.note)
        self.view, self.names = View([]), {}
        self.page.goto(f"{base}/login/")
        self.page.fill("input#username, input[name=username]", user)
        self.page.fill("input#password, input[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url, timeout=60_000)

    def only_this_server(self, route):
        url = route.request.url
        if url.startswith((self.base + "/", "data:", "blob:")):
            route.continue_()
        else:
            self.refused.add(re.sub(r"^(\w+://[^/]+).*", r"\1", url))
            route.abort()

    def note(self, response):
        if "/superset/explore_json/" in response.url:
            self.note_map(response)
            return
        if "/api/v1/chart/data" not in response.url or response.request.method != "POST":
            return
        body = json.loads(response.request.post_data)
        title = self.names.get(body.get("form_data", {}).get("slice_id"))
        if title is None:
            return
        try:
            results = response.json().get("result") or [response.json()]
        except ValueError as error:
            results = [{"error": str(error)}]
        self.view.requests[title], self.view.responses[title] = body, (response.status, results)

    def note_map(self, response):
        """GeoJSON maps still use Superset's older endpoint, whose responses have another shape."""
        asked = parse_qs(urlsplit(response.url).query).get("form_data", ["{}"])[0]
        title = self.names.get(json.loads(asked).get("slice_id"))
        if title is None:
            return
        try:
            response = response.json()
        except ValueError as error:
            response = {"error": str(error)}
        features = (response.get("data") or {}).get("features") or []
        error = response.get("error") or response.get("errors")
        result = {"status": response.get("status") or "success", "error": error, "rowcount": len(features), "data": features, "query": response.get("query")}
        self.view.responses[title] = response.status, [result]

    def open(self, filters=None):
        """Opens the dashboard, optionally with filters in its address, and waits until every chart is drawn."""
        self.view = View(self.titles)
        response = self.page.request.get(f"{self.base}/api/v1/dashboard/{self.slug}/charts")
        self.names = {chart["id"]: chart["slice_name"] for chart in response.json()["result"]}
        self.page.goto(f"{self.base}/superset/dashboard/{self.slug}/" + (f"?native_filters={filters}" if filters else ""))
        self.page.wait_for_selector(HOLDER, timeout=90_000)
        end = time.time() + 120
        while time.time() < end:
            busy = self.page.locator(f'{HOLDER} .loading, {HOLDER} [data-test="loading-indicator"]').count()
            if self.page.locator(HOLDER).count() >= len(self.titles) and not busy and len(self.view.responses) >= len(self.titles):
                break
            self.page.wait_for_timeout(300)
        # Animations and WebGL frames.
        self.page.wait_for_timeout(3_000)
        for holder in self.page.locator(HOLDER).all():
            text = holder.inner_text()
            title = next((title for title in self.titles if text.strip().startswith(title)), None)
            if title is None:
                continue
            self.view.texts[title] = text[len(title):]
            if holder.locator(".header-line").count():
                self.view.number_texts[title] = holder.locator(".header-line").first.inner_text().strip()
            if holder.locator("canvas").count():
                self.view.pictures[title] = holder.screenshot(timeout=120_000)
        return self.view

    def picture(self, path):
        """Writes a picture of the page down to its last chart, with few colours because it is kept in the repository."""
        last = max(box["y"] + box["height"] for box in (holder.bounding_box() for holder in self.page.locator(HOLDER).all()))
        data = self.page.screenshot(timeout=120_000, clip={"x": 0, "y": 0, "width": WIDTH, "height": last + 16})
        Image.open(io.BytesIO(data)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
