"""EdgeGuard: a security-hardening reverse proxy and web application firewall for headless CMSs."""

__version__ = "0.1.0"
