"""The slow question: which kinds of company are members at all.

At any moment the members passed every test of the owner, and the companies that past events
passed over at a sufficient size failed one that public data do not show. Both are known at the
moment and there are thousands, so a model of that moment's own can say which kinds of company
pass. It never sees the membership of the company that it is asked about: each is answered by a
model that was fitted on others.
"""

from typing import Final
from zlib import crc32

import numpy as np
import polars as pl
from scipy.special import logit  # type: ignore[import-untyped]

from recon.forecast.traits import KIND

FOLDS: Final = 3
MIN_REFUSED: Final = 25
"""With fewer companies passed over nothing is learned, and the rate of all is the answer."""
CEILING: Final = 0.995


def chance_by_kind(companies: pl.DataFrame) -> pl.DataFrame:
    """Chance that a company passes, by companies of its kind.

    Parameters
    ----------
    companies : pl.DataFrame
        `company_id`, `member` (bool), `refused` (bool: passed over at a sufficient size by a past
        event), and the columns of `recon.forecast.traits.KIND`.

    Returns
    -------
    pl.DataFrame
        `company_id`, `kind_odds` (log odds of passing), in the order given.
    """
    known = (companies["member"] | companies["refused"]).to_numpy()
    passed = companies["member"].to_numpy()
    x = companies.select(KIND).cast(pl.Float64).to_numpy()
    fold = np.array([crc32(c.encode()) % FOLDS for c in companies["company_id"]], dtype=np.int64)
    refused = int((known & ~passed).sum())
    rate = (passed[known].sum() + 1) / (known.sum() + 2) if known.any() else 0.5
    chance = np.full(companies.height, float(rate))
    if refused >= MIN_REFUSED and passed.any():
        # Imported here: what goes before needs no scikit-learn, which may be loading meanwhile.
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

        for i in range(FOLDS):
            asked, others = fold == i, known & (fold != i)
            if asked.any() and len(set(passed[others].tolist())) == 2:
                model = HistGradientBoostingClassifier(
                    max_iter=60,
                    learning_rate=0.1,
                    max_leaf_nodes=8,
                    min_samples_leaf=15,
                    l2_regularization=5.0,
                    early_stopping=False,
                    random_state=0,
                ).fit(x[others], passed[others])
                chance[asked] = model.predict_proba(x[asked])[:, 1]
    return companies.select("company_id").with_columns(
        kind_odds=pl.Series(logit(chance.clip(1 - CEILING, CEILING)))
    )
