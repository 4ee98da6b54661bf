"""Imports the dashboard bundle into a running Superset, also as an upgrade over an older one, and checks the result.

usage: import_bundle.py SUPERSET_URL USER PASSWORD_FILE WAREHOUSE_URL [TILE_URL]
WAREHOUSE_URL: postgresql://user@host:port/database; put the password into the PGPASSFILE of the Superset process.
TILE_URL: such as https://tile.openstreetmap.org/{z}/{x}/{y}.png; without it the maps have a blank background.
"""
import io
import sys
import zipfile
from pathlib import Path

import yaml

from bundle import KINDS, Bundle
from superset_client import Superset, SupersetError


def import_and_check(superset, bundle):
    """Raises SupersetError unless Superset afterwards exports what the bundle says."""
    superset.import_assets(bundle.packed())
    archive = zipfile.ZipFile(io.BytesIO(superset.call("/api/v1/assets/export/")))
    exported = {}
    for name in archive.namelist():
        asset = yaml.safe_load(archive.read(name))
        exported[asset.get("uuid")] = asset
    for kind in KINDS:
        for uuid, asset in getattr(bundle, kind).items():
            there = exported.get(uuid)
            wrong = differences(asset, there) if there else ["missing"]
            if wrong:
                raise SupersetError(f"after the import {kind} {uuid} differs: {'; '.join(wrong)}")


def differences(asset, there):
    """Lists where an exported asset differs from the imported one. Superset adds its own keys and fills in null."""
    wrong = []
    for key in ("database_name", "sqlalchemy_uri", "table_name", "schema", "sql", "slice_name", "viz_type", "dataset_uuid", "dashboard_title", "slug"):
        if key in asset and asset[key] != there.get(key):
            wrong.append(f"{key} is {there.get(key)!r}")
    for key, value in (asset.get("params") or {}).items():
        if value is not None and there["params"].get(key) != value:
            wrong.append(f"parameter {key} is {there['params'].get(key)!r}")
    for key, name in (("metrics", "metric_name"), ("columns", "column_name")):
        def parts(of):
            return {part[name]: (part.get("expression"), part.get("verbose_name")) for part in of.get(key, [])}
        if key in asset and parts(asset) != parts(there):
            wrong.append(f"{key} are {parts(there)}")
    placed = {item["meta"]["uuid"] for item in asset.get("position", {}).values() if isinstance(item, dict) and item["type"] == "CHART"}
    if placed != {item["meta"]["uuid"] for item in there.get("position", {}).values() if isinstance(item, dict) and item["type"] == "CHART"}:
        wrong.append("it has other charts")
    filters = [one["name"] for one in asset.get("metadata", {}).get("native_filter_configuration", [])]
    if filters != [one["name"] for one in there.get("metadata", {}).get("native_filter_configuration", [])]:
        wrong.append("it has other filters")
    return wrong


if __name__ == "__main__":
    base, user, password_file, warehouse, *tiles = sys.argv[1:]
    bundle = Bundle.read().at(warehouse, *tiles)
    try:
        import_and_check(Superset(base, user, Path(password_file).read_text().strip()), bundle)
    except SupersetError as error:
        sys.exit(f"import_bundle: {error}")
