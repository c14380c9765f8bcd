"""Where values are kept: the store's own content, and MLflow."""
