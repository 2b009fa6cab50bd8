"""Several devices behind one proxy: Kamailio's configuration."""
