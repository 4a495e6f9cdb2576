"""The trunk that applications and pilots share: the dossier, who works on it, who may see it."""
