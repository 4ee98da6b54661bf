"""Reads the dashboard bundle, points it to a warehouse, and packs it."""
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_name("bundle")
DESCRIPTIONS = Path(__file__).with_name("descriptions.yaml")
KINDS = ("databases", "datasets", "charts", "dashboards")


@dataclass
class Bundle:
    """The assets of each kind by uuid, as parsed YAML."""

    databases: dict
    datasets: dict
    charts: dict
    dashboards: dict
    metadata: dict

    @classmethod
    def read(cls, folder=FOLDER):
        def assets(kind):
            files = sorted((Path(folder) / kind).rglob("*.yaml"))
            return {asset["uuid"]: asset for asset in (yaml.safe_load(file.read_text()) for file in files)}

        metadata = yaml.safe_load((Path(folder) / "metadata.yaml").read_text())
        bundle = cls(*(assets(kind) for kind in KINDS), metadata)
        bundle.describe(yaml.safe_load(DESCRIPTIONS.read_text()))
        return bundle

    def describe(self, views):
        """Gives columns the text of the view's column of that name, and datasets that are a view the view's text."""
        for dataset in self.datasets.values():
            read = [dataset["table_name"]] if "sql" not in dataset else re.findall(r"\bbi\.(\w+)", dataset["sql"])
            if "sql" not in dataset:
                dataset["description"] = views[dataset["table_name"]]["description"]
            for column in dataset["columns"]:
                texts = [views[view]["columns"][column["column_name"]] for view in read if column["column_name"] in views[view]["columns"]]
                if texts and "expression" not in column:
                    column["description"] = texts[0]

    def at(self, warehouse, tiles=None):
        """Sets the warehouse (a postgresql:// URL without a password) and the map tiles."""
        if not re.fullmatch(r"postgresql://[^:@/]+@[^@]+", warehouse):
            raise SystemExit(f"{re.sub(r':[^:@/]+@', ':…@', warehouse)}: use postgresql://user@host:port/database, and put the password into PGPASSFILE")
        for database in self.databases.values():
            database["sqlalchemy_uri"] = warehouse.replace("postgresql://", "postgresql+psycopg2://", 1)
        for chart in self.charts.values():
            if tiles and "mapbox_style" in chart["params"]:
                chart["params"]["mapbox_style"] = f"tile://{tiles}"
        return self

    def packed(self):
        """The ZIP file that Superset imports; everything must be in one folder."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, asset in self.files():
                archive.writestr(f"bundle/{path}", yaml.safe_dump(asset, sort_keys=False, allow_unicode=True))
        return file.getvalue()

    def files(self):
        yield "metadata.yaml", self.metadata
        names = {uuid: database["database_name"] for uuid, database in self.databases.items()}
        for kind in KINDS:
            for uuid, asset in getattr(self, kind).items():
                folder = f"{kind}/{names[asset['database_uuid']]}" if kind == "datasets" else kind
                yield f"{folder}/{uuid}.yaml", asset
