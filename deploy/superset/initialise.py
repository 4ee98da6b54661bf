"""Creates Superset's own database and its administrator. Runs in Superset's virtual environment.

usage: initialise.py USER PASSWORD_FILE        (SUPERSET_HOME and SUPERSET_CONFIG_PATH in the environment)
In one process, because each start of Superset's command line takes as long as half of this; and the password is in no argument.
"""
import sys
from pathlib import Path

import flask_migrate
import superset
from superset.app import create_app

user, password = sys.argv[1], Path(sys.argv[2]).read_text().strip()
app = create_app()
with app.app_context():
    flask_migrate.upgrade(directory=str(Path(superset.__file__).parent / "migrations"))
    app.appbuilder.add_permissions(update_perms=True)
    security = app.appbuilder.sm
    security.sync_role_definitions()
    if security.find_user(user) is None:
        role = security.find_role(app.config["AUTH_ROLE_ADMIN"])
        if not security.add_user(user, "Fleet", "Manager", f"{user}@localhost", role, password):
            sys.exit("initialise: Superset did not create the administrator")
