"""A small CMS to stand behind the edge, and what it takes to show the two together on one machine."""
