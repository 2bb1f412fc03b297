#!/usr/bin/env bash
# Independent implementations that tests and benchmarks compare the trust engine with: networkx, igraph, SciPy, XGBoost.
# From Debian's packages; needs root. Without them those tests say that they were skipped.
set -euo pipefail

PACKAGES=(python3-networkx python3-igraph python3-scipy python3-numpy xgboost)

present() {
  command -v xgboost >/dev/null && /usr/bin/python3 -c 'import networkx, igraph, scipy, numpy' 2>/dev/null
}

if present; then
  echo 'oracles: already installed'
  exit 0
fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "oracles: not installed (needs root on Debian: apt-get install ${PACKAGES[*]}); tests that compare with them will be skipped" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y --no-install-recommends "${PACKAGES[@]}"; }
install >/dev/null || { apt-get update >/dev/null && install >/dev/null; }
present && echo 'oracles: installed'
