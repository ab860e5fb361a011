"""Package layout; everything else about the build is in pyproject.toml.

``limits`` and ``widgets`` stand at the top of the checkout and install as ``eyegore.limits`` and ``eyegore.widgets``.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["eyegore", "eyegore.*"], exclude=["eyegore.limits*", "eyegore.widgets*"]),
        "eyegore.limits",
        "eyegore.widgets",
        *(f"eyegore.widgets.{name}" for name in find_packages("widgets")),
    ],
    package_dir={"eyegore": "eyegore", "eyegore.limits": "limits", "eyegore.widgets": "widgets"},
    package_data={
        "eyegore": ["py.typed"],
        "eyegore.limits": ["tables/*.toml"],
        "eyegore.elvis": ["tables/*"],
        "eyegore.campaign": ["tables/*"],
        "eyegore.simulator": ["tables/*"],
        "eyegore.warning.settings": ["example.toml"],
    },
)
