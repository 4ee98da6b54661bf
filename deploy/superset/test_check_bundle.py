"""The faults that the check of the bundle must find. BI_WAREHOUSE is the URL of a demo warehouse, with the role that dashboards use."""
import contextlib
import io
import os
import unittest

import psycopg

from bundle import Bundle
from check_bundle import check


class TheCheckOfTheBundle(unittest.TestCase):
    def setUp(self):
        self.bundle = Bundle.read().at(os.environ["BI_WAREHOUSE"])
        self.chart = {chart["slice_name"]: chart for chart in self.bundle.charts.values()}
        self.dataset = {dataset["table_name"]: dataset for dataset in self.bundle.datasets.values()}
        self.dashboard = next(iter(self.bundle.dashboards.values()))

    def faults(self, warehouse=None):
        with psycopg.connect(warehouse or os.environ["BI_WAREHOUSE"], autocommit=True) as connection:
            with contextlib.redirect_stdout(io.StringIO()):
                return check(self.bundle, connection)

    def assert_only_fault(self, text):
        faults = self.faults()
        self.assertEqual([fault for fault in faults if text not in fault], [])
        self.assertNotEqual(faults, [])

    def test_sees_no_fault_in_the_bundle_as_it_is(self):
        self.assertEqual(self.faults(), [])

    def test_sees_an_unknown_metric(self):
        self.chart["Trips"]["params"]["metric"] = "journeys"
        self.assert_only_fault("no metric journeys in logbook")

    def test_sees_an_unknown_column_of_a_chart(self):
        self.chart["Logbook"]["params"]["all_columns"].append("driver")
        self.assert_only_fault("no column driver in logbook")

    def test_sees_a_column_that_the_view_does_not_have(self):
        self.dataset["stop"]["columns"].append({"column_name": "driver"})
        self.assert_only_fault('dataset stop, column driver: column "driver" does not exist')

    def test_sees_bad_sql_of_a_virtual_dataset(self):
        self.dataset["finding"]["sql"] = self.dataset["finding"]["sql"].replace("finding.rule", "finding.regulation")
        self.assertTrue(all("finding.regulation" in fault for fault in self.faults()))
        self.assert_only_fault("finding.regulation")

    def test_sees_a_table_that_dashboards_may_not_read(self):
        self.dataset["track"]["sql"] = self.dataset["track"]["sql"].replace("bi.route_track", "warehouse.route")
        self.assert_only_fault("permission denied")

    def test_sees_a_chart_without_rows(self):
        self.dataset["track"]["sql"] += " and false"
        self.assertIn("chart Tracks: no rows", self.faults())

    def test_sees_a_chart_that_the_period_does_not_reach(self):
        self.chart["Stops (blue: between trips, orange: pauses)"]["params"]["adhoc_filters"].clear()
        self.assert_only_fault("chart Stops (blue: between trips, orange: pauses): the Period filter does not apply: it has no TEMPORAL_RANGE on local_date")

    def test_sees_a_filter_that_reaches_a_chart_without_its_column(self):
        for one in self.dashboard["metadata"]["native_filter_configuration"]:
            one["scope"]["excluded"] = []
        self.assert_only_fault("cannot apply to chart API")

    def test_sees_a_list_that_is_cut(self):
        self.chart["Tracks"]["params"]["row_limit"] = 3
        self.assert_only_fault("chart Tracks: more than its limit of 3 rows")

    def test_sees_a_chart_that_is_nowhere(self):
        self.dashboard["position"].pop("CHART-stops")
        self.assert_only_fault("chart Stops (blue: between trips, orange: pauses) is on no dashboard")

    def test_sees_a_tile_server_a_duration_a_type_and_a_password(self):
        self.chart["Tracks"]["params"] |= {"mapbox_style": "tile://https://tile.example.org/{z}/{x}/{y}.png"}
        self.chart["Trips"]["params"]["y_axis_format"] = "DURATION"
        self.bundle.metadata["type"] = "Dashboard"
        next(iter(self.bundle.databases.values()))["sqlalchemy_uri"] = "postgresql+psycopg2://fleetize_reader:secret@127.0.0.1/fleet"
        self.assertEqual(len(self.faults()), 4)

    def test_sees_a_role_that_may_more_than_read(self):
        faults = self.faults(os.environ["BI_WAREHOUSE"].replace("fleetize_reader@", "fleetize@"))
        self.assertEqual(len([fault for fault in faults if fault.startswith("the role that dashboards use may")]), 3)


if __name__ == "__main__":
    unittest.main()
