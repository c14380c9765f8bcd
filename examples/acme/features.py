"""Steps of pipelines that scikit-learn does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

if TYPE_CHECKING:
    from typing import Any

    import pandas as pd


class Clip(TransformerMixin, BaseEstimator):
    """Pulls outliers in, to quantiles of what it was fitted on.

    Args:
        share: Of the values of a feature, how many are outliers at each end, from 0 to 0.5.
    """

    def __init__(self, share: float = 0.01) -> None:
        self.share = share

    def fit(self, X: pd.DataFrame, y: Any = None) -> Clip:  # noqa: ARG002, N803 - scikit-learn's
        """Remember the quantiles of each feature."""
        self.lower_, self.upper_ = np.quantile(X, [self.share, 1 - self.share], axis=0)
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803 - scikit-learn's
        """Return a copy without outliers."""
        return X.clip(self.lower_, self.upper_, axis=1)
