"""Write sample.csv: households of four strata with unequal weights, for models of being poor and of
spending.
"""

from pathlib import Path

import numpy as np
import pandas as pd

random = np.random.default_rng(20221130)
rows = []
for stratum, n_psu in (("a", 9), ("b", 7), ("c", 12), ("d", 6)):
    for psu in range(n_psu):
        level = random.normal(0, 0.4)
        for _ in range(random.integers(12, 24)):
            education = str(random.choice(["below_sd", "sd_smp", "sma_plus"], p=[0.2, 0.35, 0.45]))
            size, age, female = (
                int(random.integers(1, 9)),
                int(random.integers(20, 80)),
                int(random.random() < 0.2),
            )
            urban = int(random.random() < 0.7)
            slope = 0.25 if education == "below_sd" else 0.15
            linear = (
                -2.6
                + level
                + {"below_sd": 0.9, "sd_smp": 0.5, "sma_plus": 0.0}[education]
                + slope * size
            )
            linear += 0.01 * (age - 45) + 0.4 * female - 0.3 * urban
            ratio = float(np.round(np.exp(-0.4 * linear + random.normal(0, 0.4)), 6))
            poor = int(random.random() < 1 / (1 + np.exp(-linear)))
            weight = float(np.round(random.uniform(60, 700), 6))
            rows.append(
                (
                    stratum,
                    f"{stratum}{psu:02d}",
                    weight,
                    poor,
                    education,
                    size,
                    age,
                    female,
                    urban,
                    ratio,
                )
            )
columns = [
    "stratum",
    "psu",
    "weight",
    "poor",
    "education",
    "size",
    "age",
    "female",
    "urban",
    "welfare_ratio",
]
pd.DataFrame(rows, columns=columns).to_csv(Path(__file__).with_name("sample.csv"), index=False)
