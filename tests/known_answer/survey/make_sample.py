"""Write sample.csv: a small stratified cluster sample with every awkwardness the known answers
need.
"""

from pathlib import Path

import numpy as np
import pandas as pd

random = np.random.default_rng(20220301)
rows = []
for stratum, psus_in_population, n_psu in (("a", 40, 6), ("b", 25, 5), ("c", 60, 8)):
    for psu in range(n_psu):
        level = random.normal(0, 0.3)
        for _ in range(random.integers(3, 9)):
            expenditure = float(np.round(np.exp(13.6 + level + random.normal(0, 0.5))))
            food = float(np.round(expenditure * random.uniform(0.35, 0.7)))
            education = str(random.choice(["below_sd", "sd_smp", "sma_plus"], p=[0.15, 0.4, 0.45]))
            weight = float(np.round(random.uniform(80, 420), 6))
            rows.append(
                (
                    stratum,
                    f"{stratum}{psu:02d}",
                    psus_in_population,
                    weight,
                    expenditure,
                    food,
                    education,
                )
            )
columns = ["stratum", "psu", "psus", "weight", "expenditure", "food", "education"]
pd.DataFrame(rows, columns=columns).to_csv(Path(__file__).with_name("sample.csv"), index=False)
