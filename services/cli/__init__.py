"""The `zac` command, and the Python client in `services.cli.client`. Import the module you need: `zac --help` is quick
because nothing here is imported before it is used."""
