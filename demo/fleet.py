"""The two customers of the demonstration: their sites, profiles, device models and devices."""

import random
from dataclasses import dataclass

SEED = 20251

# What each kind of device reports, in the order of its vector: name, unit, kind.
PROFILES = {
    "phone": [
        ("battery", "%", "gauge"),
        ("charging", "", "state"),
        ("temperature", "°C", "gauge"),
        ("cpu", "%", "gauge"),
        ("memory", "%", "gauge"),
        ("storage_free", "%", "gauge"),
        ("signal", "dBm", "gauge"),
        ("data_volume", "MB", "gauge"),
        ("reconnects", "", "gauge"),
        ("app_crashes", "", "gauge"),
        ("screen_on", "min", "gauge"),
    ],
    "scanner": [
        ("battery", "%", "gauge"),
        ("charging", "", "state"),
        ("temperature", "°C", "gauge"),
        ("cpu", "%", "gauge"),
        ("memory", "%", "gauge"),
        ("storage_free", "%", "gauge"),
        ("signal", "dBm", "gauge"),
        ("data_volume", "MB", "gauge"),
        ("reconnects", "", "gauge"),
        ("app_crashes", "", "gauge"),
        ("scans", "", "gauge"),
        ("failed_scans", "", "gauge"),
    ],
}


@dataclass(frozen=True)
class Model:
    """How one make of device differs from the others of its profile."""

    profile: str
    name: str
    prefix: str
    drain: float  # times the profile's battery use
    charge: float  # times the profile's charging speed
    warmth: float  # °C above the profile's temperature
    memory: float  # % in use when idle
    signal: float  # dBm in a good place


MODELS = [
    Model("phone", "Galaxy XCover6", "xc6", 1.00, 1.00, 0.0, 41, -83),
    Model("phone", "Pixel 8a", "px8", 1.15, 1.10, 1.5, 47, -86),
    Model("phone", "CAT S75", "cat", 0.75, 0.80, -1.0, 52, -80),
    Model("scanner", "Zebra TC52", "tc52", 1.00, 1.00, 0.0, 38, -58),
    Model("scanner", "Zebra MC3300", "mc33", 0.80, 0.90, -1.5, 30, -61),
    Model("scanner", "Honeywell CT45", "ct45", 1.10, 1.05, 1.0, 44, -56),
]


@dataclass(frozen=True)
class Site:
    path: str
    name: str
    utc_offset: int  # hours


@dataclass(frozen=True)
class Tenant:
    name: str
    display_name: str
    sites: tuple[Site, ...]
    devices_per_model: dict[str, int]


TENANTS = [
    Tenant(
        "acme",
        "Acme Logistics (demonstration)",
        (
            Site("emea", "EMEA", 1),
            Site("emea.de", "Germany", 1),
            Site("emea.de.berlin", "Berlin depot", 1),
            Site("emea.de.hamburg", "Hamburg port", 1),
            Site("emea.fr", "France", 1),
            Site("emea.fr.lyon", "Lyon warehouse", 1),
            Site("amer", "Americas", -6),
            Site("amer.us", "United States", -6),
            Site("amer.us.dallas", "Dallas hub", -6),
        ),
        {"xc6": 10, "px8": 10, "cat": 8, "tc52": 12, "mc33": 10, "ct45": 10},
    ),
    Tenant(
        "globex",
        "Globex Retail (demonstration)",
        (
            Site("uk", "United Kingdom", 0),
            Site("uk.leeds", "Leeds store", 0),
            Site("uk.bristol", "Bristol store", 0),
        ),
        {"xc6": 10, "tc52": 10},
    ),
]


@dataclass(frozen=True)
class Device:
    tenant: str
    external_id: str
    name: str
    model: Model
    site: Site

    @property
    def profile(self):
        return self.model.profile

    def random(self, purpose):
        """Numbers that depend on the seed, the device and their purpose, and on nothing else."""
        return random.Random(f"{SEED}/{self.tenant}/{self.external_id}/{purpose}")


def devices(tenant):
    """Every device of a tenant, spread over the leaves of its tree of sites."""
    leaves = [s for s in tenant.sites if not any(o.path.startswith(s.path + ".") for o in tenant.sites)]
    made = []
    for model in MODELS:
        for n in range(tenant.devices_per_model.get(model.prefix, 0)):
            site = leaves[len(made) % len(leaves)]
            made.append(
                Device(
                    tenant.name,
                    f"{model.prefix}-{n + 1:03}",
                    f"{model.name} {n + 1} ({site.name})",
                    model,
                    site,
                )
            )
    return made
