"""Pages of coordinators and signatories."""
