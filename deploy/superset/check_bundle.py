"""Runs the query of each chart of the bundle against a warehouse, as the role that dashboards use. Needs no Superset.

usage: check_bundle.py WAREHOUSE_URL        prints a line per fault and then exits with 1
The queries are close to Superset's: grouped by the chart's dimensions, by its time grain, with its metrics and limit.
Only check_dashboard.py sees how Superset draws the rows.
"""
import json
import sys

import psycopg

from bundle import Bundle

DIMENSIONS = ("x_axis", "groupby", "all_columns", "geojson", "dimension")
METRICS = ("metric", "metrics")
# Formats with which Superset mistakes seconds for milliseconds.
TRAPS = ("DURATION",)


def check(bundle, connection):
    """Returns the faults of a bundle, as sentences."""
    faults = []
    datasets = {uuid: Dataset(asset, connection, faults) for uuid, asset in bundle.datasets.items()}
    if "type" in bundle.metadata:
        faults.append("metadata.yaml has a type: the assets endpoint would refuse the bundle")
    for asset in bundle.databases.values():
        if "***" in asset["sqlalchemy_uri"] or asset["sqlalchemy_uri"].split("@")[0].count(":") > 1:
            faults.append("the database has a password in its address")
    for chart in bundle.charts.values():
        check_chart(chart, datasets, connection, faults)
    for dashboard in bundle.dashboards.values():
        check_dashboard(dashboard, bundle, datasets, faults)
    check_role(connection, faults)
    return faults


class Dataset:
    """A dataset, with the SQL of its columns and metrics."""

    def __init__(self, asset, connection, faults):
        self.name, self.day = asset["table_name"], asset["main_dttm_col"]
        self.source = f"({asset['sql']}) as virtual" if "sql" in asset else f"{asset['schema']}.{self.name}"
        self.columns = {column["column_name"]: column.get("expression") or column["column_name"] for column in asset["columns"]}
        self.metrics = {metric["metric_name"]: metric["expression"] for metric in asset["metrics"]}
        if asset["schema"] != "bi":
            faults.append(f"dataset {self.name} does not read schema bi")
        for kind, parts in (("column", self.columns), ("metric", self.metrics)):
            for name, expression in parts.items():
                run(f"dataset {self.name}, {kind} {name}", f"select {expression} from {self.source} limit 1", connection, faults)


def run(subject, query, connection, faults):
    try:
        return connection.execute(query).fetchall()
    except psycopg.Error as error:
        faults.append(f"{subject}: {str(error).splitlines()[0]}")


def listed(value):
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def check_chart(chart, datasets, connection, faults):
    subject, parameters, dataset = f"chart {chart['slice_name']}", chart["params"], datasets.get(chart["dataset_uuid"])
    if dataset is None:
        faults.append(f"{subject}: its dataset is not in the bundle")
        return
    spatial = parameters.get("spatial") or {}
    dimensions = [name for key in DIMENSIONS for name in listed(parameters.get(key))]
    dimensions += [spatial[key] for key in ("latCol", "lonCol") if key in spatial]
    metrics = [name for key in METRICS for name in listed(parameters.get(key))]
    filtered = [one["subject"] for one in parameters["adhoc_filters"]]
    ordered = [json.loads(order)[0] for order in parameters.get("order_by_cols", [])]
    faults += [f"{subject}: no column {name} in {dataset.name}" for name in dimensions + filtered + ordered if name not in dataset.columns]
    faults += [f"{subject}: no metric {name} in {dataset.name}" for name in metrics if name not in dataset.metrics]
    if dataset.day and not any(one["operator"] == "TEMPORAL_RANGE" and one["subject"] == dataset.day for one in parameters["adhoc_filters"]):
        faults.append(f"{subject}: the Period filter does not apply: it has no TEMPORAL_RANGE on {dataset.day}")
    if parameters.get("mapbox_style", "blank") != "blank":
        faults.append(f"{subject}: its map contacts a tile server, which sees the area that is viewed")
    faults += [f"{subject}: the format {trap} mistakes seconds for milliseconds" for trap in TRAPS if trap in json.dumps(parameters)]

    known = {name: dataset.columns[name] for name in dimensions if name in dataset.columns}
    if parameters.get("time_grain_sqla") and parameters.get("x_axis") in known:
        known[parameters["x_axis"]] = f"date_trunc('day', {known[parameters['x_axis']]})"
    computed = [dataset.metrics[name] for name in metrics if name in dataset.metrics]
    query = f"select {', '.join([*known.values(), *computed])} from {dataset.source}"
    if computed and known:
        query += f" group by {', '.join(known.values())}"
    limit = parameters.get("row_limit", 1000)
    rows = run(subject, f"{query} limit {limit + 1}", connection, faults)
    if rows is None:
        return
    print(f"  {chart['slice_name']}: {len(rows)} rows")
    if not rows or (computed and all(value is None for value in rows[0][-len(computed):])):
        faults.append(f"{subject}: no rows")
    if len(rows) > limit and not parameters.get("server_pagination"):
        faults.append(f"{subject}: more than its limit of {limit} rows, and no paging")


def check_dashboard(dashboard, bundle, datasets, faults):
    places = [item for item in dashboard["position"].values() if isinstance(item, dict) and item["type"] == "CHART"]
    placed = {item["meta"]["uuid"] for item in places}
    faults += [f"the dashboard contains an unknown chart {uuid}" for uuid in placed - set(bundle.charts)]
    faults += [f"chart {bundle.charts[uuid]['slice_name']} is on no dashboard" for uuid in set(bundle.charts) - placed]
    for one in dashboard["metadata"]["native_filter_configuration"]:
        column = next((target["column"]["name"] for target in one["targets"] if target), None)
        for target in filter(None, one["targets"]):
            dataset = datasets.get(target["datasetUuid"])
            if dataset is None or target["column"]["name"] not in dataset.columns:
                faults.append(f"filter {one['name']}: no column {target['column']['name']} in its dataset")
        for item in places:
            chart = bundle.charts.get(item["meta"]["uuid"])
            if chart is None or chart["dataset_uuid"] not in datasets or item["meta"]["chartId"] in one["scope"]["excluded"]:
                continue
            dataset = datasets[chart["dataset_uuid"]]
            if not (column in dataset.columns if column else dataset.day):
                faults.append(f"filter {one['name']} cannot apply to chart {chart['slice_name']}: exclude it")


def check_role(connection, faults):
    """Checks that the role can read schema bi and nothing else."""
    for attempt in ("create table bi.made_by_a_dashboard (a int)", "select from warehouse.route", "select from etl.response"):
        try:
            with connection.transaction(force_rollback=True):
                # A role can change its own default.
                connection.execute("set transaction read write")
                connection.execute(attempt)
            faults.append(f"the role that dashboards use may: {attempt}")
        except psycopg.errors.InsufficientPrivilege:
            pass


if __name__ == "__main__":
    bundle = Bundle.read().at(sys.argv[1])
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        faults = check(bundle, connection)
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"{len(bundle.charts)} charts on {len(bundle.datasets)} datasets, {len(faults)} faults")
    sys.exit(bool(faults))
