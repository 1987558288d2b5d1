"""What has become true since the release: values, events, spells; exported for the next run."""
