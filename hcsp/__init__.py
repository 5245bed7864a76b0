"""The formal problem: research trees, candidate sets, their solver, and the certificate. Synchronous, total, pure."""
