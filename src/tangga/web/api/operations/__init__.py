"""The operations of the API, a module a subject; each adds its own to `service.api`."""
