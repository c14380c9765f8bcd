"""The scripts of the corpus are run by the tests, and are none, whatever they are called."""

collect_ignore = ["corpus"]
