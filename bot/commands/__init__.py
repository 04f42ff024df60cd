"""The commands of `citebot`, one file each, which hold a `command`."""
