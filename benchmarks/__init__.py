"""What the product promises about speed, measured: one module per kind of figure, each with ``figures()``."""
