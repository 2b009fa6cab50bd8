"""Tools without Python: what a pack's connectors.toml says of databases, HTTP services and MCP servers."""
